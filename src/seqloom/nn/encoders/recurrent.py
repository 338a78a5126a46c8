"""The recurrent encoder: embeds a source and reads it with a stack of cells.

    h_1..h_S    one state for each position: forward and, if asked for, backward side by side
    last        the state of each layer after the last position

Sutskever 2014 reads the source last to first (`reverse`); Bahdanau 2015 reads it both ways.

Sizes: B batch, S source length, E embedding, H features of a position.
"""

from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.cells.stack import Stack, mirrored, reversed_rows
from seqloom.nn.encoders.encoder import Encoded, Encoder


class RecurrentEncoder(Encoder):
    """Embedding, dropout, stack."""

    def __init__(self, embedding: nn.Embedding, stack: Stack, reverse: bool) -> None:
        super().__init__()
        self.embedding = embedding
        self.stack = stack
        self.reverse = reverse

    def forward(self, source: Int[Tensor, "B S"], lengths: Int[Tensor, " B"]) -> Encoded:
        ids = source.t()
        # <eos> stays last: only what stands before it turns around.
        mirror = mirrored(lengths - 1, len(ids)) if self.reverse else None
        embedded: Float[Tensor, "S B E"] = self.embedding(
            ids if mirror is None else ids.gather(0, mirror)
        )
        states, last = self.stack(embedded, lengths)
        if mirror is not None:
            states = reversed_rows(states, mirror)  # position j is again source token j
        return Encoded(self.stack.dropout(states).transpose(0, 1), last)
