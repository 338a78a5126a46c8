"""Attention that sees where it looked a step ago (Chorowski 2015, eq. 8 and 9): made for sources that are
long, alike throughout and read from one end to the other, such as speech.

    f_j = sum_r F_r a'_(j+r)                         a' the weights of the step before, r = -w .. w
    e_j = v . tanh(W q + V h_j + U f_j + b)
    a   = softmax(e), over real positions only

F has k filters, so f_j has k features. Before the first step nothing was looked at: a' is 0. Padding never
gets weight, so a filter that reaches beyond the end of a source sees zeros there, padding or not.

Sizes: B sources, W hypotheses of each, N = B * W rows, S source length, H source features, Q query
features, K features inside the tanh, k filters.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqloom.nn.attention.attention import (
    Attended,
    Attention,
    AttentionState,
    Memory,
    padding_of,
)
from seqloom.nn.products import Linear


class LocationAware(Attention):
    """Its state is a', [N, S]."""

    parts = 1

    def __init__(self, query: int, source: int, hidden: int, filters: int, window: int) -> None:
        super().__init__()
        self.W = Linear(query, hidden, bias=False)
        self.V = Linear(source, hidden)
        self.F = nn.Conv1d(1, filters, 2 * window + 1, padding=window, bias=False)
        self.U = Linear(filters, hidden, bias=False)
        self.v = nn.Linear(hidden, 1, bias=False)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return Memory(source, self.V(source), padding_of(valid, source))

    def start(self, memory: Memory) -> AttentionState:
        return (torch.zeros_like(memory.padding),)

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        weights = self._pay(self.W(query), memory, state)
        return Attended(torch.bmm(weights, memory.values), weights, (weights.flatten(0, 1),))

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        weights: list[Tensor] = []
        for asked in self.W(queries).split(1, dim=1):
            paid = self._pay(asked, memory, state)
            state = (paid.flatten(0, 1),)
            weights.append(paid)
        together = torch.cat(weights, dim=1)
        return torch.bmm(together, memory.values), together

    def _pay(
        self, asked: Float[Tensor, "B W K"], memory: Memory, state: AttentionState
    ) -> Float[Tensor, "B W S"]:
        [before] = state
        seen = self.U(self.F(before.unsqueeze(1)).transpose(1, 2))
        inner = asked.unsqueeze(2) + memory.keys.unsqueeze(1)
        inner = inner + seen.view(len(asked), -1, *seen.shape[1:])
        energies = self.v(torch.tanh(inner)).squeeze(-1) + memory.padding.unsqueeze(1)
        return torch.softmax(energies, dim=-1)
