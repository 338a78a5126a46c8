"""One Gaussian for each feature of the next frame.

    sigma_f = exp(s_f) + floor
    p(x)    = prod_f N(x_f | mu_f, sigma_f)

Sizes: n positions, H features of the decoder, P = 2F parameters (mu, then s), F features of a frame.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.readouts.components import Components
from seqloom.nn.readouts.density import (
    AS_IT_IS,
    SCALE_FLOOR,
    Density,
    Spread,
    log_scale,
    noise,
    standard_log_prob,
)


class Diagonal(Density):
    """Features are independent of each other, given what the decoder knows. Parameters are the means and
    then as many log sigma; where those come from is what its two kinds differ in."""

    floor: float

    def log_prob(
        self, parameters: Float[Tensor, "n P"], values: Float[Tensor, "n F"]
    ) -> Float[Tensor, " n"]:
        mean, log_sigma = self._parts(parameters)
        return standard_log_prob(values, mean, log_sigma).sum(-1)

    def sample(
        self,
        parameters: Float[Tensor, "n P"],
        generator: torch.Generator,
        spread: Spread = AS_IT_IS,
    ) -> Float[Tensor, "n F"]:
        mean, log_sigma = self._parts(parameters)
        return mean + torch.exp(log_sigma + spread.log_factor) * noise(mean, generator)

    def mean(self, parameters: Float[Tensor, "n P"]) -> Float[Tensor, "n F"]:
        return self._parts(parameters)[0]

    def components(self, parameters: Float[Tensor, "n P"]) -> Components:
        """What it says of each feature alone."""
        return Components.single(*self._parts(parameters))

    def shifted(
        self, parameters: Float[Tensor, "n P"], by: Float[Tensor, "n F"]
    ) -> Float[Tensor, "n P"]:
        """The same density around other means."""
        return parameters + torch.cat([by, torch.zeros_like(by)], dim=-1)

    def _parts(self, parameters: Tensor) -> tuple[Tensor, Tensor]:
        mean, raw = parameters.chunk(2, dim=-1)
        return mean, log_scale(raw, self.floor)


class Gaussian(Diagonal):
    """The linear map gives means and scales."""

    def __init__(self, features: int, width: int, floor: float = SCALE_FLOOR) -> None:
        super().__init__(features, width, 2 * width)
        self.floor = floor
