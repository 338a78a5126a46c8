"""Readouts: from a decoder's features to one logit for each token of the vocabulary.

    softmax   z = W_o f + b                                          Luong 2015, eq. 6
    maxout    t = pairwise max(U f + b);  z = W_o t + b              Bahdanau 2015, A.2.2

Tied, W_o is the target embedding itself (Press & Wolf 2017); where its size differs from that of the
features, a linear map stands between.

Sizes: n positions, F features, E embedding, V vocabulary, M maxout units.
"""

from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.products import Linear
from seqloom.nn.readouts.categorical import Categorical, Summed
from seqloom.nn.readouts.cross_entropy import cross_entropy


class Softmax(Categorical):
    """Linear in the features."""

    def __init__(self, features: int, vocabulary: int, tied_to: nn.Embedding | None) -> None:
        super().__init__()
        self.narrow: nn.Module = nn.Identity()
        self.output = Linear(features, vocabulary)
        if tied_to is not None:
            if tied_to.embedding_dim != features:
                self.narrow = Linear(features, tied_to.embedding_dim, bias=False)
                self.output = Linear(tied_to.embedding_dim, vocabulary)
            self.output.weight = tied_to.weight

    def forward(self, features: Float[Tensor, "n F"]) -> Float[Tensor, "n V"]:
        return self.output(self.narrow(features))

    def loss(
        self, features: Float[Tensor, "n F"], targets: Int[Tensor, " n"], smoothing: float
    ) -> Summed:
        """The cross-entropy of the targets; cheaper than by way of logits (cross_entropy.py)."""
        narrow, output = self.narrow(features), self.output
        return Summed(*cross_entropy(narrow, output.weight, output.bias, targets, smoothing))


class Maxout(Categorical):
    """A hidden layer whose every unit is the larger of two linear ones."""

    def __init__(
        self, features: int, units: int, vocabulary: int, tied_to: nn.Embedding | None
    ) -> None:
        super().__init__()
        self.U = Linear(features, 2 * units)
        self.softmax = Softmax(units, vocabulary, tied_to)

    def forward(self, features: Float[Tensor, "n F"]) -> Float[Tensor, "n V"]:
        return self.softmax(self._units(features))

    def loss(
        self, features: Float[Tensor, "n F"], targets: Int[Tensor, " n"], smoothing: float
    ) -> Summed:
        """As that of Softmax."""
        return self.softmax.loss(self._units(features), targets, smoothing)

    def _units(self, features: Float[Tensor, "n F"]) -> Float[Tensor, "n M"]:
        return self.U(features).unflatten(-1, (-1, 2)).amax(-1)
