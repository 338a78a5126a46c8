"""Readouts for tokens: one of V, with the logits z as parameters.

    log_prob  z, ids -> nats     z_y - log sum_v exp z_v
    sample    z -> ids           drawn from softmax(z / temperature)
    mean      z -> [V]           softmax(z): the expectation of a token written as a one-hot vector

The same questions as those to a density (density.py), so that whoever scores and draws need not know which
of the two it is. Training asks `loss`, which knows the features and is cheaper than by way of logits.

Sizes: n positions, F features, V vocabulary.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from seqloom.nn.readouts.density import AS_IT_IS, Spread


class Summed(NamedTuple):
    """Over n positions, in nats: with label smoothing, and without it and without a gradient."""

    smoothed: Tensor
    nll: Tensor


class Categorical(nn.Module, ABC):
    """From features to the logits of the vocabulary."""

    @abstractmethod
    def forward(self, features: Float[Tensor, "n F"]) -> Float[Tensor, "n V"]: ...

    @abstractmethod
    def loss(
        self, features: Float[Tensor, "n F"], targets: Int[Tensor, " n"], smoothing: float
    ) -> Summed:
        """The cross-entropy of the targets."""

    def log_prob(
        self, parameters: Float[Tensor, "n V"], values: Int[Tensor, " n"]
    ) -> Float[Tensor, " n"]:
        """In nats."""
        return -cross_entropy(parameters, values, reduction="none")

    def sample(
        self,
        parameters: Float[Tensor, "n V"],
        generator: torch.Generator,
        spread: Spread = AS_IT_IS,
    ) -> Int[Tensor, " n"]:
        """One token for each position. A token has no scale: the temperature counts, the bias does not."""
        chances = self.mean(parameters / spread.temperature)
        return torch.multinomial(chances, 1, generator=generator)[:, 0]

    def mean(self, parameters: Float[Tensor, "n V"]) -> Float[Tensor, "n V"]:
        """The distribution itself."""
        return torch.softmax(parameters, dim=-1)
