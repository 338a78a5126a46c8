"""Bits: each feature of the next frame is 0 or 1.

    p(x_f = 1) = sigmoid(e_f)

A bit's deviation is sqrt(p (1 - p)). Its quantiles are steps: 0 up to the level 1 - p, and 1 above it.

Sizes: n positions, H features of the decoder, P = F parameters, F bits of a frame, L levels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.readouts.density import AS_IT_IS, Density, Spread


class Bits(NamedTuple):
    """What is said of each bit alone: its logit [n, F]."""

    logits: Tensor

    def deviation(self) -> Float[Tensor, "n F"]:
        return torch.exp((F.logsigmoid(self.logits) + F.logsigmoid(-self.logits)) / 2)

    def quantiles(self, levels: Sequence[float]) -> Float[Tensor, "L n F"]:
        """Never falling with the levels, which lie between 0 and 1."""
        wanted = self.logits.new_tensor(levels).view(-1, 1, 1)
        return (wanted > torch.sigmoid(-self.logits)).to(self.logits.dtype)


class Bernoulli(Density):
    """Bits are independent of each other, given what the decoder knows."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__(features, width, width)

    def log_prob(
        self, parameters: Float[Tensor, "n P"], values: Float[Tensor, "n F"]
    ) -> Float[Tensor, " n"]:
        return bit_log_prob(parameters, values).sum(-1)

    def sample(
        self,
        parameters: Float[Tensor, "n P"],
        generator: torch.Generator,
        spread: Spread = AS_IT_IS,
    ) -> Float[Tensor, "n F"]:
        return bit_sample(parameters, generator, spread)

    def mean(self, parameters: Float[Tensor, "n P"]) -> Float[Tensor, "n F"]:
        return torch.sigmoid(parameters)

    def components(self, parameters: Float[Tensor, "n P"]) -> Bits:
        """What it says of each feature alone."""
        return Bits(parameters)


def bit_log_prob(logits: Tensor, bits: Tensor) -> Tensor:
    """log sigmoid(e) of a 1, log sigmoid(-e) of a 0."""
    return F.logsigmoid((2 * bits - 1) * logits)


def bit_sample(logits: Tensor, generator: torch.Generator, spread: Spread) -> Tensor:
    """The bias is for what has a scale or a choice of components; a bit has the temperature only."""
    uniform = torch.rand(
        logits.shape, generator=generator, dtype=logits.dtype, device=logits.device
    )
    return (uniform < torch.sigmoid(logits / spread.temperature)).to(logits.dtype)
