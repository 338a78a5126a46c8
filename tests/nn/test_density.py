"""Densities against the formulas as the papers print them, in 80 digits; and samples against their
moments, within five standard errors."""

from itertools import product
from math import exp, log, sqrt

import mpmath
import pytest
import torch
from torch import Tensor

from seqloom.nn.readouts.bernoulli import Bernoulli
from seqloom.nn.readouts.density import Density, Spread
from seqloom.nn.readouts.gaussian import Gaussian
from seqloom.nn.readouts.mixture import GAP, DiagonalMixture, StrokeMixture

FLOOR = 1e-7
MANY = 20_000
DENSITIES = {
    "gaussian": lambda: Gaussian(5, 3, FLOOR),
    "diagonal": lambda: DiagonalMixture(5, 3, 2, FLOOR),
    "strokes": lambda: StrokeMixture(5, 2, FLOOR),
    "bernoulli": lambda: Bernoulli(5, 3),
}
each_density = pytest.mark.parametrize(
    "density", [make() for make in DENSITIES.values()], ids=DENSITIES
)


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(80):
        yield


def rows(*values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


def plain_normal(x, mu, s):
    sigma = mpmath.exp(s) + FLOOR
    z = (mpmath.mpf(x) - mpmath.mpf(mu)) / sigma
    return mpmath.exp(-(z**2) / 2) / (sigma * mpmath.sqrt(2 * mpmath.pi))


def plain_softmax(logits):
    powers = [mpmath.exp(logit) for logit in logits]
    return [power / sum(powers) for power in powers]


def plain_bit(x, e):
    end = 1 / (1 + mpmath.exp(-mpmath.mpf(e)))
    return end if x == 1 else 1 / (1 + mpmath.exp(mpmath.mpf(e)))


def plain_bivariate(x, mu, s, r):
    """Graves 2013, eq. 24 and 25."""
    sigma = [mpmath.exp(each) + FLOOR for each in s]
    rho = (1 - mpmath.mpf(GAP)) * mpmath.tanh(r)
    z1, z2 = ((mpmath.mpf(a) - mpmath.mpf(b)) / c for a, b, c in zip(x, mu, sigma, strict=True))
    quotient = (z1**2 + z2**2 - 2 * rho * z1 * z2) / (2 * (1 - rho**2))
    return mpmath.exp(-quotient) / (2 * mpmath.pi * sigma[0] * sigma[1] * mpmath.sqrt(1 - rho**2))


def plain_strokes(values, e, p, mu, s, r):
    parts = zip(plain_softmax(p), mu, s, r, strict=True)
    points = sum(pi * plain_bivariate(values[:2], m, a, b) for pi, m, a, b in parts)
    return points * plain_bit(values[2], e)


def strokes_row(e, p, mu, s, r) -> list[float]:
    flat = [number for pair in [*mu, *s] for number in pair]
    return [e, *p, *flat, *r]


def nats(density: Density, parameters: list[float], values: list[float]) -> float:
    return density.log_prob(rows(parameters), rows(values)).item()


def close(found: float, expected) -> bool:
    return found == pytest.approx(float(mpmath.log(expected)), rel=1e-9, abs=1e-9)


SCALES = [log(1e-6), 0.3, log(1e6)]
PLACES = [-1e6, 1e-6, 0.7, 1e6]


@pytest.mark.parametrize(("s", "x", "mu"), list(product(SCALES, PLACES, PLACES)))
def test_gaussian_is_the_plain_formula(s, x, mu):
    found = nats(Gaussian(1, 2, FLOOR), [mu, 0.5, s, -1.0], [x, 0.2])
    assert close(found, plain_normal(x, mu, s) * plain_normal(0.2, 0.5, -1.0))


@pytest.mark.parametrize(
    ("p", "s", "x"), list(product([(0, 0), (1e6, -1e6), (-3, 1e-6)], SCALES, PLACES))
)
def test_diagonal_mixture_is_the_plain_formula(p, s, x):
    # Components (mu, s) of two features each.
    first, second = [(0.5, s), (-1, 0.4)], [(1e6, 2), (1e-6, s)]
    values = [x, 0.3]
    expected = sum(
        weight * plain_normal(values[0], *part[0]) * plain_normal(values[1], *part[1])
        for weight, part in zip(plain_softmax(p), (first, second), strict=True)
    )
    parameters = [*p, 0.5, -1, 1e6, 1e-6, s, 0.4, 2, s]
    assert close(nats(DiagonalMixture(1, 2, 2, FLOOR), parameters, values), expected)


@pytest.mark.parametrize(
    ("s", "x", "r"), list(product(SCALES, PLACES, [-1e6, -20, -0.4, 0, 1e-6, 3, 1e6]))
)
def test_stroke_mixture_is_equation_23_with_24_and_25(s, x, r):
    parts = {"e": -0.3, "p": [0.2, -1.1], "mu": [(0.5, 1e6), (1e-6, -2)]}
    parts |= {"s": [(s, 0.1), (-0.5, s)], "r": [r, 0.6]}
    values = [x, -0.8, 1.0]
    found = nats(StrokeMixture(1, 2, FLOOR), strokes_row(**parts), values)
    assert close(found, plain_strokes(values, **parts))


@pytest.mark.parametrize("p", [(1e6, -1e6), (-1e6, 1e6), (1e6, 1e6)])
@pytest.mark.parametrize("e", [-1e6, -1e-6, 1e6])
@pytest.mark.parametrize("pen", [0.0, 1.0])
def test_stroke_mixture_at_extreme_choices(p, e, pen):
    parts = {"e": e, "p": list(p), "mu": [(0.5, 1), (2, -2)], "s": [(0, 0.1), (-0.5, 0)]}
    parts["r"] = [0.5, -0.5]
    values = [0.4, -0.8, pen]
    found = nats(StrokeMixture(1, 2, FLOOR), strokes_row(**parts), values)
    assert close(found, plain_strokes(values, **parts))


@pytest.mark.parametrize("e", [-1e6, -30, 1e-6, 0, 2, 1e6])
@pytest.mark.parametrize("bit", [0.0, 1.0])
def test_bernoulli_is_the_plain_formula(e, bit):
    assert close(nats(Bernoulli(1, 2), [e, 1.5], [bit, 1.0]), plain_bit(bit, e) * plain_bit(1, 1.5))


@each_density
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nothing_overflows_and_no_gradient_is_lost_in_nan(density, size, dtype):
    parameters = torch.randn(11, density.num_parameters, generator=generator(), dtype=dtype) * size
    values = (torch.randn(11, 3, generator=generator(), dtype=dtype) * size).requires_grad_()
    density.log_prob(parameters.requires_grad_(), values).sum().backward()
    assert density.log_prob(parameters, values).isfinite().all()
    assert parameters.grad.isfinite().all()
    assert values.grad.isfinite().all()


def test_a_scale_never_falls_below_the_floor():
    found = nats(Gaussian(1, 1, 0.01), [0, -1e6], [0.0])
    assert found == pytest.approx(-log(0.01 * sqrt(2 * torch.pi)))


@each_density
def test_gradients_agree_with_small_differences(density):
    parameters = torch.randn(4, density.num_parameters, generator=generator(), dtype=torch.float64)
    bits = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
    values = torch.randn(4, 2, generator=generator(), dtype=torch.float64)
    values = torch.cat([values, bits], dim=1)
    assert torch.autograd.gradcheck(density.log_prob, (parameters.requires_grad_(), values))


@each_density
def test_gradients_reach_every_weight(density):
    features = torch.randn(7, 5, generator=generator())
    density.zero_grad()
    density.log_prob(density(features), torch.ones(7, 3)).sum().backward()
    assert all(weight.grad.abs().sum(dim=-1).all() for weight in density.parameters())


@pytest.mark.parametrize("r", [-1.5, 0.0, 0.9])
def test_a_bivariate_density_adds_up_to_one(r):
    density = StrokeMixture(1, 2, FLOOR)
    line = torch.linspace(-7, 7, 281, dtype=torch.float64)
    grid = torch.cartesian_prod(line, line)
    parameters = rows(strokes_row(0, [0.5, 0], [(0, 1), (-1, 0)], [(0, 0), (-1, 0.2)], [r, 0.3]))
    total = 0.0
    for pen in (0.0, 1.0):
        values = torch.cat([grid, torch.full((len(grid), 1), pen, dtype=torch.float64)], dim=1)
        total += density.log_prob(parameters.expand(len(grid), -1), values).exp().sum().item()
    assert total * 0.05**2 == pytest.approx(1, abs=1e-5)


def test_means_by_hand():
    # Mixture weights 3/4 and 1/4.
    p = [log(3), 0]
    assert Gaussian(1, 2).mean(rows([1, -2, 9, 9])).tolist() == [[1, -2]]
    assert Bernoulli(1, 1).mean(rows([log(4)]))[0, 0].item() == pytest.approx(0.8)
    diagonal = DiagonalMixture(1, 2, 2).mean(rows([*p, 4, 0, 8, 2, 9, 9, 9, 9]))
    assert diagonal[0].tolist() == pytest.approx([5, 0.5])
    strokes = StrokeMixture(1, 2)
    row = strokes_row(log(4), p, [(4, 0), (8, 2)], [(9, 9), (9, 9)], [1, 1])
    assert strokes.mean(rows(row))[0].tolist() == pytest.approx([5, 0.5, 0.8])


def drawn(density: Density, parameters: list[float], spread: Spread) -> Tensor:
    return density.sample(rows(parameters).expand(MANY, -1), generator(), spread)


def agrees(samples: Tensor, expected: float) -> bool:
    """Their mean, within five standard errors."""
    return abs(samples.mean().item() - expected) < 5 * samples.std().item() / sqrt(MANY) + 1e-12


SPREADS = [Spread(), Spread(bias=1.5), Spread(temperature=0.25), Spread(0.5, 2.0)]


@pytest.mark.parametrize("spread", SPREADS)
def test_samples_of_a_gaussian_have_its_moments(spread):
    # sigma = exp(s - b) sqrt(temperature)
    samples = drawn(Gaussian(1, 2, FLOOR), [3, -2, log(2), 0.5], spread)
    first, second = (samples - rows([3, -2])).unbind(1)
    factor = exp(-2 * spread.bias) * spread.temperature
    assert agrees(first, 0)
    assert agrees(second, 0)
    assert agrees(first.square(), 4 * factor)
    assert agrees(second.square(), exp(1) * factor)
    assert agrees(first * second, 0)


@pytest.mark.parametrize("spread", SPREADS)
def test_samples_of_a_mixture_choose_components_as_bias_and_temperature_say(spread):
    # Components so far apart that each sample tells where it came from.
    samples = drawn(DiagonalMixture(1, 1, 2, FLOOR), [0.4, 1, -50, 50, 0, 0], spread)[:, 0]
    logit = (1 - 0.4) * (1 + spread.bias) / spread.temperature
    assert agrees((samples > 0).double(), 1 / (1 + exp(-logit)))


@pytest.mark.parametrize("r", [-2.0, 0.5, 1e6])
def test_samples_of_strokes_correlate_as_rho_says(r):
    row = strokes_row(0, [0], [(1, 2)], [(log(2), log(3))], [r])
    samples = drawn(StrokeMixture(1, 1, FLOOR), row, Spread())
    z = (samples[:, :2] - rows([1, 2])) / rows([2, 3])
    assert agrees(z[:, 0] * z[:, 1], (1 - GAP) * float(mpmath.tanh(r)))
    assert agrees(z[:, 0].square(), 1)
    assert agrees(z[:, 1].square(), 1)


@pytest.mark.parametrize("spread", SPREADS)
def test_bits_mind_the_temperature_and_not_the_bias(spread):
    expected = 1 / (1 + exp(-0.8 / spread.temperature))
    row = strokes_row(0.8, [0], [(0, 0)], [(0, 0)], [0])
    assert agrees(drawn(Bernoulli(1, 1), [0.8], spread)[:, 0], expected)
    assert agrees(drawn(StrokeMixture(1, 1), row, spread)[:, 2], expected)


@each_density
def test_the_same_seed_gives_the_same_samples(density):
    parameters = torch.randn(6, density.num_parameters, generator=generator())
    once, again = (density.sample(parameters, generator()) for _ in range(2))
    assert once.shape == (6, 3)
    assert torch.equal(once, again)
