"""What every encoder is: it reads padded sources and says what it made of each position.

Sizes: B batch, S source length, P positions (S, or fewer where an encoder joins neighbours), H features
of a position.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from seqloom.nn.cells.stack import LastStates


class Encoded(NamedTuple):
    """A source after reading.

    states  [B, P, H]
    last    the last state of every recurrent layer (none in an encoder that has no such layers)
    valid   [B, P]  which positions are of the source, and not of its padding
    """

    states: Tensor
    last: LastStates
    valid: Tensor


class Encoder(nn.Module, ABC):
    """Position j of `states` belongs to source token j, or to the frames from j k to j k + k - 1 where k
    are joined, whatever order they were read in."""

    @abstractmethod
    def forward(
        self, source: Int[Tensor, "B S"] | Float[Tensor, "B S F"], lengths: Int[Tensor, " B"]
    ) -> Encoded:
        """Read a batch; what stands on padding does not matter."""


def valid_of(lengths: Int[Tensor, " B"], width: int) -> Bool[Tensor, "B P"]:
    """Which of `width` positions are within the lengths."""
    return torch.arange(width, device=lengths.device) < lengths.unsqueeze(1)
