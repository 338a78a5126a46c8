"""Attention scores: how well does source position j answer what a decoder state asks?

    dot       e = q . k                       Luong 2015, after eq. 7
    scaled    e = q . k / sqrt(K)             Vaswani 2017, eq. 1
    general   e = q W k                       Luong 2015, after eq. 7
    concat    e = v . tanh(W [q ; k])         Luong 2015, after eq. 7
    additive  e = v . tanh(W q + U k)         Bahdanau 2015, A.1.2

Every score has two halves. `keys` sees the source once; `forward` runs at every step. Work that does
not depend on the query belongs in `keys`, and is then never repeated: `general` turns W around and
applies it to the source, `concat` splits W into the half that sees the source and the other.

Queries come in groups of W per source, all of which ask the same keys: the W hypotheses of a beam,
or all T steps of a target where no step waits for the one before.

Sizes: B batch, W queries a source, S source length, H source features, Q query features, K key features.
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.products import Linear


class Score(nn.Module, ABC):
    """Compares queries with keys.

    products  whether an energy is q . k and nothing else
    costly    whether each pair takes a layer of its own
    """

    products: bool = False
    costly: bool = False

    @abstractmethod
    def keys(self, source: Float[Tensor, "B S H"]) -> Float[Tensor, "B S K"]:
        """What is fixed for a source, computed once."""

    @abstractmethod
    def forward(
        self, query: Float[Tensor, "B W Q"], keys: Float[Tensor, "B S K"]
    ) -> Float[Tensor, "B W S"]:
        """One energy for each query and source position."""


class Dot(Score):
    """Asks for Q = H. Where it is scaled, it is the keys that are, once."""

    products = True

    def __init__(self, scaled: bool = False) -> None:
        super().__init__()
        self.scaled = scaled

    def keys(self, source: Float[Tensor, "B S H"]) -> Float[Tensor, "B S K"]:
        return source * source.shape[-1] ** -0.5 if self.scaled else source

    def forward(
        self, query: Float[Tensor, "B W Q"], keys: Float[Tensor, "B S K"]
    ) -> Float[Tensor, "B W S"]:
        return torch.bmm(query, keys.transpose(1, 2))


class General(Score):
    """Bilinear; sizes may differ."""

    products = True

    def __init__(self, query: int, source: int) -> None:
        super().__init__()
        self.W = Linear(source, query, bias=False)

    def keys(self, source: Float[Tensor, "B S H"]) -> Float[Tensor, "B S K"]:
        return self.W(source)

    def forward(
        self, query: Float[Tensor, "B W Q"], keys: Float[Tensor, "B S K"]
    ) -> Float[Tensor, "B W S"]:
        return torch.bmm(query, keys.transpose(1, 2))


class Additive(Score):
    """A small net with one hidden layer of K features."""

    costly = True

    def __init__(self, query: int, source: int, hidden: int) -> None:
        super().__init__()
        self.W = Linear(query, hidden, bias=False)
        self.U = Linear(source, hidden, bias=False)
        self.v = nn.Linear(hidden, 1, bias=False)

    def keys(self, source: Float[Tensor, "B S H"]) -> Float[Tensor, "B S K"]:
        return self.U(source)

    def forward(
        self, query: Float[Tensor, "B W Q"], keys: Float[Tensor, "B S K"]
    ) -> Float[Tensor, "B W S"]:
        return self.v(torch.tanh(self.W(query).unsqueeze(2) + keys.unsqueeze(1))).squeeze(-1)


class Concat(Score):
    """W [q ; k] = W_q q + W_k k, with a bias inside the tanh."""

    costly = True

    def __init__(self, query: int, source: int, hidden: int) -> None:
        super().__init__()
        self.W_q = Linear(query, hidden, bias=False)
        self.W_k = Linear(source, hidden)
        self.v = nn.Linear(hidden, 1, bias=False)

    def keys(self, source: Float[Tensor, "B S H"]) -> Float[Tensor, "B S K"]:
        return self.W_k(source)

    def forward(
        self, query: Float[Tensor, "B W Q"], keys: Float[Tensor, "B S K"]
    ) -> Float[Tensor, "B W S"]:
        return self.v(torch.tanh(self.W_q(query).unsqueeze(2) + keys.unsqueeze(1))).squeeze(-1)
