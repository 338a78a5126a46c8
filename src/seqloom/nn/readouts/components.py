"""What a density says of each feature alone: a mixture of Gaussians over the line, its deviation and its
quantiles.

    F(x) = sum_m pi_m Phi((x - mu_m) / sigma_m)        Phi the standard normal's distribution function
    sd^2 = sum_m pi_m (sigma_m^2 + mu_m^2) - (sum_m pi_m mu_m)^2

A quantile is where F reaches a level. It lies between the least and the largest of the components' own
quantiles, where it is found by halving: as many times as float64 has digits.

Sizes: n positions, M mixtures, F features, L levels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

_HALVINGS = 60


class Components(NamedTuple):
    """log_weights [n, M], mean and log_sigma [n, M, F]."""

    log_weights: Tensor
    mean: Tensor
    log_sigma: Tensor

    @classmethod
    def single(cls, mean: Float[Tensor, "n F"], log_sigma: Float[Tensor, "n F"]) -> "Components":
        """One Gaussian with all of the weight."""
        return cls(mean.new_zeros(len(mean), 1), mean.unsqueeze(1), log_sigma.unsqueeze(1))

    def deviation(self) -> Float[Tensor, "n F"]:
        """Summed around the mean, so that nothing cancels."""
        weights = self.log_weights.exp().unsqueeze(-1)
        centre = (weights * self.mean).sum(1, keepdim=True)
        spread = (2 * self.log_sigma).exp() + (self.mean - centre).square()
        return (weights * spread).sum(1).sqrt()

    def quantiles(self, levels: Sequence[float]) -> Float[Tensor, "L n F"]:
        """Rising with the levels, which lie between 0 and 1."""
        weights = self.log_weights.double().exp().unsqueeze(-1)
        mean, sigma = self.mean.double(), self.log_sigma.double().exp()
        wanted = mean.new_tensor(levels)
        each = mean + sigma * torch.special.ndtri(wanted).view(-1, 1, 1, 1)
        low, high = each.amin(2), each.amax(2)
        if mean.shape[1] > 1:
            for _ in range(_HALVINGS):
                middle = (low + high) / 2
                z = (middle.unsqueeze(2) - mean) / sigma
                below = (weights * torch.special.ndtr(z)).sum(2) < wanted.view(-1, 1, 1)
                low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return ((low + high) / 2).to(self.mean.dtype)
