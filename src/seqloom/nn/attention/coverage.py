"""Attention that remembers where it has been (Tu 2016; in this form See 2017, eq. 11).

    cov_j = sum of the weights that position j got at all steps before
    e_j   = v . tanh(W q + U h_j + w_c cov_j)
    a     = softmax(e), over real positions only

Each step waits for the weights of the one before, so there is no doing all of them at once; what
does not wait (W q, U h) is done before the first.

Sizes: B sources, W hypotheses of each, N = B * W rows, S source length, H source features, Q query
features, K features inside the tanh.
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


class Coverage(Attention):
    """Its state is cov, [N, S]."""

    parts = 1

    def __init__(self, query: int, source: int, hidden: int) -> None:
        super().__init__()
        self.W = Linear(query, hidden, bias=False)
        self.U = Linear(source, hidden, bias=False)
        self.w_c = nn.Linear(1, hidden, bias=False)
        self.v = nn.Linear(hidden, 1, bias=False)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return Memory(source, self.U(source), padding_of(valid, source))

    def start(self, memory: Memory) -> AttentionState:
        return (torch.zeros_like(memory.padding),)

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        weights, state = self._pay(self.W(query), memory, state)
        return Attended(torch.bmm(weights, memory.values), weights, state)

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        weights: list[Tensor] = []
        for asked in self.W(queries).split(1, dim=1):
            paid, state = self._pay(asked, memory, state)
            weights.append(paid)
        together = torch.cat(weights, dim=1)
        return torch.bmm(together, memory.values), together

    def _pay(
        self, asked: Float[Tensor, "B W K"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B W S"], AttentionState]:
        covered = state[0].view(len(asked), -1, state[0].shape[1])
        inner = asked.unsqueeze(2) + memory.keys.unsqueeze(1)
        inner = torch.addcmul(inner, covered.unsqueeze(-1), self.w_c.weight[:, 0])
        energies = self.v(torch.tanh(inner)).squeeze(-1) + memory.padding.unsqueeze(1)
        weights = torch.softmax(energies, dim=-1)
        return weights, ((covered + weights).flatten(0, 1),)
