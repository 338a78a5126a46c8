"""The recurrent encoder: embeds a source and reads it with a stack of cells.

    h_1..h_P    one state for each position: forward and, if asked for, backward side by side
    last        the state of each layer after the last position

Sutskever 2014 reads the source last to first (`reverse`); Bahdanau 2015 reads it both ways. A source of
frames is brought to E features by a matrix instead of a table; its stack may join neighbouring steps, so
that there are fewer positions than frames (the pyramid of Chan 2016).

Sizes: B batch, S source length, P positions, E embedding, F features of a frame, H features of a position.
"""

from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.cells.stack import Stack, mirrored, reversed_rows
from seqloom.nn.encoders.encoder import Encoded, Encoder, valid_of


class RecurrentEncoder(Encoder):
    """Embedding, dropout, stack."""

    def __init__(self, embedding: nn.Embedding | nn.Linear, stack: Stack, reverse: bool) -> None:
        super().__init__()
        self.embedding = embedding
        self.stack = stack
        self.reverse = reverse
        # <eos> stays last: only what stands before it turns around. Frames have none.
        self.unturned = int(isinstance(embedding, nn.Embedding))

    def forward(
        self, source: Int[Tensor, "B S"] | Float[Tensor, "B S F"], lengths: Int[Tensor, " B"]
    ) -> Encoded:
        steps = source.transpose(0, 1)
        if self.reverse:
            mirror = mirrored(lengths - self.unturned, len(steps))
            steps = reversed_rows(steps, mirror) if source.dim() == 3 else steps.gather(0, mirror)
        embedded: Float[Tensor, "S B E"] = self.embedding(steps)
        states, last = self.stack(embedded, lengths)
        lengths = self.stack.lengths(lengths)
        if self.reverse:  # position j is again source token j
            states = reversed_rows(states, mirrored(lengths - self.unturned, len(states)))
        valid = valid_of(lengths, len(states))
        return Encoded(self.stack.dropout(states).transpose(0, 1), last, valid)
