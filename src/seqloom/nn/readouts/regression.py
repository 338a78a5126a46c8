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

from seqloom.nn.readouts.density import SCALE_FLOOR
from seqloom.nn.readouts.gaussian import Diagonal


class Regression(Diagonal):
    """The linear map gives the means; the scales are repeated beside them."""

    def __init__(self, features: int, width: int, floor: float = SCALE_FLOOR) -> None:
        super().__init__(features, width, width)
        self.num_parameters = 2 * width
        self.s = nn.Parameter(torch.zeros(width))
        self.floor = floor

    def forward(self, features: Float[Tensor, "n H"]) -> Float[Tensor, "n P"]:
        mean = self.output(features)
        return torch.cat([mean, self.s.expand_as(mean)], dim=-1)
