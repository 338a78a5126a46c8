"""The Transformer's encoder (Vaswani 2017, section 3.1): every position looks at every other one.

    x_j = sqrt(E) y_j + PE(j)
    x   = x + attention(x, x)                    in each layer, with dropout and layer norm
    x   = x + W_2 max(0, W_1 x + b_1) + b_2

The layers are torch's own. With layer norm before each part rather than after the sum (Xiong 2020),
one more stands at the end.

Sizes: B batch, S source length, E embedding (= H features of a position).
"""

from jaxtyping import Int
from torch import Tensor, nn

from seqloom.nn.encoders.encoder import Encoded, Encoder, valid_of
from seqloom.nn.positions import placed


class TransformerEncoder(Encoder):
    """Embedding, positions, dropout, layers, norm. There are no last states: nothing recurs."""

    def __init__(
        self,
        embedding: nn.Embedding,
        layers: list[nn.TransformerEncoderLayer],
        norm: nn.Module,
        dropout: float,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.layers = nn.ModuleList(layers)
        self.norm = norm
        self.dropout = nn.Dropout(dropout)

    def forward(self, source: Tensor, lengths: Int[Tensor, " B"]) -> Encoded:
        valid = valid_of(lengths, source.shape[1])
        states = self.dropout(placed(self.embedding(source), first=0))
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=~valid)
        return Encoded(self.norm(states), [], valid)
