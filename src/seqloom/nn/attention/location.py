"""Attention by location (Luong 2015, section 3.1): the state alone says where to look, whatever is
written there.

    a = softmax(W_a q)                        eq. 8

W_a has a row for each position that a source may have, so their number has to be known beforehand.
A source may be shorter: it is asked about with the first rows only.

Sizes: B batch, W queries a source, S source length, H source features, Q query features.
"""

from jaxtyping import Float
from torch import Tensor

from seqloom.errors import SourceTooLong
from seqloom.nn.attention.scores import Score
from seqloom.nn.products import Linear, linear


class Location(Score):
    """A score whose keys matter by their number alone."""

    def __init__(self, query: int, max_source: int) -> None:
        super().__init__()
        self.W_a = Linear(query, max_source, bias=False)

    def keys(self, source: Float[Tensor, "B S H"]) -> Float[Tensor, "B S H"]:
        """The source as it is. Raises SourceTooLong if it is longer than W_a."""
        length, limit = source.shape[1], self.W_a.out_features
        if length > limit:
            raise SourceTooLong(
                f"location attention knows {limit} source positions (decoder.attention.max_source), "
                f"but this source has {length} tokens, <eos> counted. Shorten it, or train with a "
                f"larger maximum."
            )
        return source

    def forward(
        self, query: Float[Tensor, "B W Q"], keys: Float[Tensor, "B S K"]
    ) -> Float[Tensor, "B W S"]:
        return linear(query, self.W_a.weight[: keys.shape[1]])
