"""Mixture densities: several answers may be right, and their mean may be wrong.

    p(x) = sum_m pi_m N_m(x)                  pi = softmax(p)

    diagonal   N_m(x) = prod_f N(x_f | mu_mf, sigma_mf)                          Bishop 1994
    bivariate  x = (dx, dy, end of stroke); Graves 2013, eq. 18-25:
               N_m(x) = exp(-Z / (2 (1 - rho^2))) / (2 pi sigma_1 sigma_2 sqrt(1 - rho^2))
               Z      = z_1^2 + z_2^2 - 2 rho z_1 z_2        z_i = (x_i - mu_i) / sigma_i
               rho    = R tanh(r)                            sigma = exp(s) + floor
               p(end) = sigmoid(e)

R = 1 - GAP keeps rho away from +-1 (the paper has R = 1), where the density has no value. The quotient
is summed without a difference of large numbers, so it is never negative by rounding:

    Z / (2 (1 - rho^2)) = (z_1 + z_2)^2 / (4 (1 + rho)) + (z_1 - z_2)^2 / (4 (1 - rho))
    1 -+ rho            = GAP + 2 R sigmoid(-+ 2r)

The paper writes p(end) = 1 / (1 + exp(e)); the sign of e is a matter of naming.

Sizes: n positions, H features of the decoder, P parameters, M mixtures, F features of a frame.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from seqloom.nn.readouts.bernoulli import bit_log_prob, bit_sample
from seqloom.nn.readouts.components import Components
from seqloom.nn.readouts.density import (
    AS_IT_IS,
    LOG_ROOT_TAU,
    SCALE_FLOOR,
    Density,
    Spread,
    log_scale,
    noise,
    standard_log_prob,
)

GAP = 1e-4
"""1 - |rho| is at least that."""


class DiagonalMixture(Density):
    """For frames of any width. Parameters: p [M], mu [M F], s [M F]."""

    def __init__(
        self, features: int, width: int, mixtures: int, floor: float = SCALE_FLOOR
    ) -> None:
        super().__init__(features, width, mixtures * (1 + 2 * width))
        self.mixtures = mixtures
        self.floor = floor

    def log_prob(
        self, parameters: Float[Tensor, "n P"], values: Float[Tensor, "n F"]
    ) -> Float[Tensor, " n"]:
        logits, mean, log_sigma = self._parts(parameters)
        each = standard_log_prob(values.unsqueeze(1), mean, log_sigma).sum(-1)
        return torch.logsumexp(torch.log_softmax(logits, dim=-1) + each, dim=-1)

    def sample(
        self,
        parameters: Float[Tensor, "n P"],
        generator: torch.Generator,
        spread: Spread = AS_IT_IS,
    ) -> Float[Tensor, "n F"]:
        logits, mean, log_sigma = self._parts(parameters)
        chosen = _component(logits, generator, spread)
        mean, log_sigma = _of(mean, chosen), _of(log_sigma, chosen)
        return mean + torch.exp(log_sigma + spread.log_factor) * noise(mean, generator)

    def mean(self, parameters: Float[Tensor, "n P"]) -> Float[Tensor, "n F"]:
        logits, mean, _ = self._parts(parameters)
        return _expected(logits, mean)

    def components(self, parameters: Float[Tensor, "n P"]) -> Components:
        """What it says of each feature alone."""
        logits, mean, log_sigma = self._parts(parameters)
        return Components(torch.log_softmax(logits, dim=-1), mean, log_sigma)

    @property
    def _wide(self) -> int:
        return self.mixtures * self.width

    def shifted(
        self, parameters: Float[Tensor, "n P"], by: Float[Tensor, "n F"]
    ) -> Float[Tensor, "n P"]:
        """The same density around other means."""
        logits, scales = by.new_zeros(len(by), self.mixtures), by.new_zeros(len(by), self._wide)
        return parameters + torch.cat([logits, by.repeat(1, self.mixtures), scales], dim=-1)

    def _parts(self, parameters: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits [n, M], means and log scales [n, M, F]."""
        logits, mean, raw = parameters.split([self.mixtures, self._wide, self._wide], dim=-1)
        shape = (self.mixtures, self.width)
        return logits, mean.unflatten(-1, shape), log_scale(raw.unflatten(-1, shape), self.floor)


class StrokeMixture(Density):
    """Pen offsets and whether the pen is lifted after them. Parameters: e, p [M], mu [M 2], s [M 2],
    r [M]: 6M + 1, as in the paper."""

    def __init__(self, features: int, mixtures: int, floor: float = SCALE_FLOOR) -> None:
        super().__init__(features, 3, 6 * mixtures + 1)
        self.mixtures = mixtures
        self.floor = floor

    def log_prob(
        self, parameters: Float[Tensor, "n P"], values: Float[Tensor, "n F"]
    ) -> Float[Tensor, " n"]:
        end, logits, mean, log_sigma, raw = self._parts(parameters)
        z = (values[:, None, :2] - mean) * torch.exp(-log_sigma)
        each = _bivariate(z, raw) - log_sigma.sum(-1)
        points = torch.logsumexp(torch.log_softmax(logits, dim=-1) + each, dim=-1)
        return points + bit_log_prob(end, values[:, 2])

    def sample(
        self,
        parameters: Float[Tensor, "n P"],
        generator: torch.Generator,
        spread: Spread = AS_IT_IS,
    ) -> Float[Tensor, "n F"]:
        end, logits, mean, log_sigma, raw = self._parts(parameters)
        chosen = _component(logits, generator, spread)
        mean, log_sigma = _of(mean, chosen), _of(log_sigma, chosen)
        z = _correlated(noise(mean, generator), raw.gather(1, chosen[:, None])[:, 0])
        points = mean + torch.exp(log_sigma + spread.log_factor) * z
        return torch.cat([points, bit_sample(end, generator, spread).unsqueeze(1)], dim=1)

    def mean(self, parameters: Float[Tensor, "n P"]) -> Float[Tensor, "n F"]:
        end, logits, mean, _, _ = self._parts(parameters)
        return torch.cat([_expected(logits, mean), torch.sigmoid(end).unsqueeze(1)], dim=1)

    def _parts(self, parameters: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """e [n], logits [n, M], means and log scales [n, M, 2], r [n, M]."""
        m = self.mixtures
        end, logits, mean, raw, r = parameters.split([1, m, 2 * m, 2 * m, m], dim=-1)
        log_sigma = log_scale(raw.unflatten(-1, (m, 2)), self.floor)
        return end[:, 0], logits, mean.unflatten(-1, (m, 2)), log_sigma, r


def _bivariate(z: Float[Tensor, "n M 2"], r: Float[Tensor, "n M"]) -> Float[Tensor, "n M"]:
    """log N of z under unit scales."""
    less, more = _one_less_rho(r), _one_less_rho(-r)
    along, across = z.sum(-1), z[..., 0] - z[..., 1]
    distance = along.square() / (4 * more) + across.square() / (4 * less)
    return -distance - 0.5 * (torch.log(less) + torch.log(more)) - 2 * LOG_ROOT_TAU


def _one_less_rho(r: Tensor) -> Tensor:
    """1 - rho, exact where rho is close to 1."""
    return GAP + 2 * (1 - GAP) * torch.sigmoid(-2 * r)


def _correlated(z: Float[Tensor, "n 2"], r: Float[Tensor, " n"]) -> Float[Tensor, "n 2"]:
    """Two independent normals made into two with correlation rho."""
    less, more = _one_less_rho(r), _one_less_rho(-r)
    second = (1 - GAP) * torch.tanh(r) * z[:, 0] + torch.sqrt(less * more) * z[:, 1]
    return torch.stack([z[:, 0], second], dim=1)


def _component(
    logits: Float[Tensor, "n M"], generator: torch.Generator, spread: Spread
) -> Int[Tensor, " n"]:
    """Which of the mixtures each position draws from."""
    chances = torch.softmax(logits * spread.sharpness, dim=-1)
    return torch.multinomial(chances, 1, generator=generator)[:, 0]


def _of(parts: Float[Tensor, "n M F"], chosen: Int[Tensor, " n"]) -> Float[Tensor, "n F"]:
    return parts[torch.arange(len(parts), device=parts.device), chosen]


def _expected(logits: Float[Tensor, "n M"], mean: Float[Tensor, "n M F"]) -> Float[Tensor, "n F"]:
    return (torch.softmax(logits, dim=-1).unsqueeze(-1) * mean).sum(1)
