"""Least squares as a density: a mean for every position, and one scale for each feature that is the same
at all of them.

    sigma_f = exp(s_f) + floor             s a parameter, not read from the features
    p(x)    = prod_f N(x_f | mu_f, sigma_f)

-log p is then sum_f (x_f - mu_f)^2 / (2 sigma_f^2) + log sigma_f + constant: squared errors, each feature
in units of its own usual error.

Sizes: n positions, H features of the decoder, P = 2F parameters (mu, then s), F features of a frame.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

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


class Regression(Density):
    """The linear map gives the means; the scales are repeated beside them."""

    def __init__(self, features: int, width: int, floor: float = SCALE_FLOOR) -> None:
        super().__init__(features, width, width)
        self.num_parameters = 2 * width
        self.s = nn.Parameter(torch.zeros(width))
        self.floor = floor

    def forward(self, features: Float[Tensor, "n H"]) -> Float[Tensor, "n P"]:
        mean = self.output(features)
        return torch.cat([mean, self.s.expand_as(mean)], dim=-1)

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
        mean, log_sigma = self._parts(parameters)
        return Components.single(mean, log_sigma)

    def shifted(
        self, parameters: Float[Tensor, "n P"], by: Float[Tensor, "n F"]
    ) -> Float[Tensor, "n P"]:
        """The same density around other means."""
        return parameters + torch.cat([by, torch.zeros_like(by)], dim=-1)

    def _parts(self, parameters: Tensor) -> tuple[Tensor, Tensor]:
        mean, raw = parameters.chunk(2, dim=-1)
        return mean, log_scale(raw, self.floor)
