"""What a density says of each feature alone, against plain sums in float64; and least squares."""

from math import erf, log, sqrt

import pytest
import torch

from seqloom.nn.readouts.bernoulli import Bernoulli
from seqloom.nn.readouts.components import Components
from seqloom.nn.readouts.gaussian import Gaussian
from seqloom.nn.readouts.mixture import DiagonalMixture
from seqloom.nn.readouts.regression import Regression

TWO = Components(
    torch.tensor([[0.3, 0.7]], dtype=torch.float64).log(),
    torch.tensor([[[-1.0], [2.0]]]).double(),
    torch.tensor([[[0.5], [1.5]]]).double().log(),
)


def below(x):
    """F(x) of the mixture, written out."""
    return (
        0.3 * (1 + erf((x + 1) / 0.5 / sqrt(2))) / 2 + 0.7 * (1 + erf((x - 2) / 1.5 / sqrt(2))) / 2
    )


@pytest.mark.parametrize("level", [0.001, 0.05, 0.3, 0.5, 0.95, 0.999])
def test_a_quantile_is_where_the_distribution_reaches_its_level(level):
    assert below(float(TWO.quantiles([level]))) == pytest.approx(level, abs=1e-9)


def test_the_deviation_is_that_of_the_moments():
    mean = 0.3 * -1 + 0.7 * 2
    square = 0.3 * (1 + 0.25) + 0.7 * (4 + 2.25)
    assert float(TWO.deviation()) == pytest.approx(sqrt(square - mean**2))


@pytest.mark.parametrize(
    "density",
    [Regression(4, 3), Gaussian(4, 3), DiagonalMixture(4, 3, 2)],
    ids=lambda d: type(d).__name__,
)
def test_a_shifted_density_is_the_same_around_other_means(density):
    density = density.double()
    torch.manual_seed(1)
    parameters = density(torch.randn(5, 4, dtype=torch.float64)).detach()
    by, values = torch.randn(2, 5, 3, dtype=torch.float64)
    shifted = density.shifted(parameters, by)
    torch.testing.assert_close(density.mean(shifted), density.mean(parameters) + by)
    expected = density.log_prob(parameters, values)
    torch.testing.assert_close(density.log_prob(shifted, values + by), expected)


def test_least_squares_is_a_density_of_one_scale():
    """With s = log 2 an error of 2 costs 1/2 + log 2 + log sqrt(2 pi) nats."""
    density = Regression(1, 1, floor=1e-12).double()
    with torch.no_grad():
        density.s.fill_(log(2))
        density.output.weight.fill_(1.0)
        density.output.bias.zero_()
    parameters = density(torch.tensor([[3.0]]).double())
    nll = -density.log_prob(parameters, torch.tensor([[5.0]]).double())
    assert float(nll.detach()) == pytest.approx(0.5 + log(2) + 0.5 * log(2 * torch.pi))


def test_a_bit_is_one_from_the_level_on_at_which_no_more_zeros_are_left():
    """p = 0.2, so that 8 of 10 are zeros; and p = 0.9."""
    found = Bernoulli(1, 2).components(torch.tensor([[log(1 / 4), log(9)]]).double())
    assert found.quantiles([0.05, 0.15, 0.75, 0.85])[:, 0].tolist() == [
        [0, 0], [0, 1], [0, 1], [1, 1],
    ]  # fmt: skip
    assert found.deviation()[0].tolist() == pytest.approx([0.4, 0.3])


@pytest.mark.parametrize("logit", [-1e6, 1e6])
def test_a_bit_that_is_certain_has_no_deviation_and_one_quantile(logit):
    found = Bernoulli(1, 1).components(torch.tensor([[logit]]).double())
    assert found.deviation().item() == 0
    assert found.quantiles([0.01, 0.99]).flatten().tolist() == [float(logit > 0)] * 2
