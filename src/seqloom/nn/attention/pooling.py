"""Many vectors to one: which of a sequence's states matter, with nobody asking.

    attention  u_t = tanh(W h_t + b),  a = softmax(u_t . u),  v = sum_t a_t h_t   Yang 2016, eq. 5-7
    mean       v = sum_t h_t / T
    max        v_i = max_t h_ti

The context vector u is learnt: a question that is the same for every sequence. All give weights that
add up to 1: those of the mean are equal, and a position's weight under max is the share of features
that it has the largest value of.

Sizes: N rows, S positions, H features of a state, K features that are compared with u.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqloom.nn.attention.attention import padding_of
from seqloom.nn.products import Linear


class Pooled(NamedTuple):
    """vector [N, H] and weights [N, S]."""

    vector: Tensor
    weights: Tensor


class Pooling(nn.Module, ABC):
    """Every row must have at least one valid position."""

    @abstractmethod
    def forward(self, states: Float[Tensor, "N S H"], valid: Bool[Tensor, "N S"]) -> Pooled:
        """One vector for each row; what stands on padding does not matter."""


class SelfAttention(Pooling):
    """The mean of the states under weights that they earn by themselves."""

    def __init__(self, states: int, hidden: int) -> None:
        super().__init__()
        self.W = Linear(states, hidden)
        self.u = nn.Linear(hidden, 1, bias=False)

    def forward(self, states: Float[Tensor, "N S H"], valid: Bool[Tensor, "N S"]) -> Pooled:
        energies = self.u(torch.tanh(self.W(states))).squeeze(-1)
        weights = torch.softmax(energies + padding_of(valid, energies), dim=1)
        return Pooled(_weighted(states, weights), weights)


class Mean(Pooling):
    """Every state counts the same."""

    def forward(self, states: Float[Tensor, "N S H"], valid: Bool[Tensor, "N S"]) -> Pooled:
        counted = valid.to(states.dtype)
        weights = counted / counted.sum(dim=1, keepdim=True)
        return Pooled(_weighted(states, weights), weights)


class Max(Pooling):
    """Each feature is taken from wherever it is largest; the first of equals counts."""

    def forward(self, states: Float[Tensor, "N S H"], valid: Bool[Tensor, "N S"]) -> Pooled:
        real = states.masked_fill(~valid.unsqueeze(2), -torch.inf)
        vector, winners = real.max(dim=1)
        weights = states.new_zeros(valid.shape)
        share = states.new_full((), 1 / states.shape[2]).expand_as(vector)
        return Pooled(vector, weights.scatter_add(1, winners, share))


def _weighted(states: Tensor, weights: Tensor) -> Tensor:
    return torch.bmm(weights.unsqueeze(1), states).squeeze(1)
