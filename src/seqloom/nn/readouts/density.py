"""Readouts for real-valued targets: a probability density over what the next frame may be.

    forward    features -> parameters          one linear map; what it gives is not yet bounded
    log_prob   parameters, values -> nats      log p(values)
    sample     parameters -> values            drawn, as wild or as tame as `Spread` says
    mean       parameters -> values            what is to be expected

Parameters stay as the linear map gives them (the paper's letters with a hat), so that each density can
take logarithms without ever leaving them: probabilities by log-softmax and log-sigmoid, sums by
log-sum-exp, scales as log sigma. No log p overflows for parameters and values up to 1e6; a sample's scale
is exp(s), which does from s = 88 on.

A scale is sigma = exp(s) + floor. Without a floor, data that repeat a value exactly (a pen that stays
on a line) have infinite density, and training runs after it.

Sizes: n positions, H features of the decoder, P parameters, F real-valued features of a frame.
"""

from abc import ABC, abstractmethod
from math import log
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

SCALE_FLOOR = 1e-4
"""Of standardised features, far below what any sensor or pen resolves."""
LOG_ROOT_TAU = 0.5 * log(2 * torch.pi)


class Spread(NamedTuple):
    """How far samples stray.

    bias         b >= 0 (Graves 2013, eq. 61 and 62): sigma = exp(s - b), pi = softmax(p (1 + b));
                 0 is the density as it is, and the larger b, the neater. Bits are left alone.
    temperature  above 0 (Ha & Eck 2018, eq. 8): variances times it, all logits divided by it
    """

    bias: float = 0.0
    temperature: float = 1.0

    @property
    def log_factor(self) -> float:
        """What is added to log sigma."""
        return 0.5 * log(self.temperature) - self.bias

    @property
    def sharpness(self) -> float:
        """What multiplies the logits of a choice between components."""
        return (1 + self.bias) / self.temperature


AS_IT_IS = Spread()


class Density(nn.Module, ABC):
    """A density over frames of `width` features, from `num_parameters` numbers."""

    def __init__(self, features: int, width: int, num_parameters: int) -> None:
        super().__init__()
        self.width = width
        self.num_parameters = num_parameters
        self.output = nn.Linear(features, num_parameters)

    def forward(self, features: Float[Tensor, "n H"]) -> Float[Tensor, "n P"]:
        return self.output(features)

    @abstractmethod
    def log_prob(
        self, parameters: Float[Tensor, "n P"], values: Float[Tensor, "n F"]
    ) -> Float[Tensor, " n"]:
        """In nats, all features of a frame together."""

    @abstractmethod
    def sample(
        self,
        parameters: Float[Tensor, "n P"],
        generator: torch.Generator,
        spread: Spread = AS_IT_IS,
    ) -> Float[Tensor, "n F"]:
        """One frame for each position."""

    @abstractmethod
    def mean(self, parameters: Float[Tensor, "n P"]) -> Float[Tensor, "n F"]:
        """The expectation of each feature; of a bit, its probability."""


def log_scale(raw: Tensor, floor: float) -> Tensor:
    """log(exp(s) + floor)"""
    return torch.logaddexp(raw, raw.new_tensor(log(floor)))


def standard_log_prob(values: Tensor, mean: Tensor, log_sigma: Tensor) -> Tensor:
    """Of each value under its own Gaussian."""
    z = (values - mean) * torch.exp(-log_sigma)
    return -0.5 * z.square() - log_sigma - LOG_ROOT_TAU


def noise(like: Tensor, generator: torch.Generator) -> Tensor:
    """Standard normal, as many as `like` has."""
    return torch.randn(like.shape, generator=generator, dtype=like.dtype, device=like.device)
