"""What every encoder is: it reads padded sources and says what it made of each position.

Sizes: B batch, S source length, H features of a position.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

from jaxtyping import Int
from torch import Tensor, nn

from seqloom.nn.cells.stack import LastStates


class Encoded(NamedTuple):
    """A source after reading: `states` [B, S, H] and the last state of every recurrent layer (none
    in an encoder that has no such layers)."""

    states: Tensor
    last: LastStates


class Encoder(nn.Module, ABC):
    """Position j of `states` belongs to source token j, whatever order it was read in."""

    @abstractmethod
    def forward(self, source: Int[Tensor, "B S"], lengths: Int[Tensor, " B"]) -> Encoded:
        """Read a batch; what stands on padding does not matter."""
