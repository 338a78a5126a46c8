"""Bits: each feature of the next frame is 0 or 1.

    p(x_f = 1) = sigmoid(e_f)

Sizes: n positions, H features of the decoder, P = F parameters, F bits of a frame.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.readouts.density import AS_IT_IS, Density, Spread


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


def bit_log_prob(logits: Tensor, bits: Tensor) -> Tensor:
    """log sigmoid(e) of a 1, log sigmoid(-e) of a 0."""
    return F.logsigmoid((2 * bits - 1) * logits)


def bit_sample(logits: Tensor, generator: torch.Generator, spread: Spread) -> Tensor:
    """The bias is for what has a scale or a choice of components; a bit has the temperature only."""
    uniform = torch.rand(
        logits.shape, generator=generator, dtype=logits.dtype, device=logits.device
    )
    return (uniform < torch.sigmoid(logits / spread.temperature)).to(logits.dtype)
