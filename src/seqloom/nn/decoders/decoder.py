"""What every decoder is: something that starts from an encoded source, then for each target token
gives the features from which the next one is read out.

    remember   encoded -> Memory     fixed for a source
    start      encoded -> State      changes at every step
    forward    all steps at once, each fed the true token before it (teacher forcing)
    step       one step, fed whatever came before it

Rows of a state may be several hypotheses of one source: N = B * W rows ask B memories, the W rows of
a source side by side.

Sizes: B sources, W hypotheses of each, N = B * W rows, T target length, E embedding, D state,
F features of a readout, S source length.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqloom.nn.encoders.encoder import Encoded

DecoderState = tuple[Tensor, ...]
"""Tensors with a row for each hypothesis, [N, ...]."""
DecoderMemory = tuple[Tensor, ...]
"""Tensors with a row for each source, [B, ...]."""


class Steps(NamedTuple):
    """All steps of a target: features [T, N, F], and the attention paid [T, N, S] or None."""

    features: Tensor
    weights: Tensor | None


class Decoder(nn.Module, ABC):
    """Predicts features; a readout turns them into a distribution."""

    features: int

    @abstractmethod
    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> DecoderMemory:
        """What is fixed for a source."""

    @abstractmethod
    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        """The state before the first step, one row for each source."""

    @abstractmethod
    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        """All steps under teacher forcing; here N = B."""

    @abstractmethod
    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], Float[Tensor, "N S"] | None, DecoderState]:
        """Features of one step, the attention it paid (None without attention), the next state."""
