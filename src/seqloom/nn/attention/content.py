"""Attention by content: a distribution over the source, and the mean of the source under it.

    e_j   = score(query, key_j)
    a     = softmax(e), over real positions only
    c     = sum_j a_j h_j

It keeps nothing from one step to the next.

Sizes: B batch, W queries a source, S source length, H source features, Q query features.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from seqloom.nn.attention.attention import (
    Attended,
    Attention,
    AttentionState,
    Memory,
    padding_of,
)
from seqloom.nn.attention.gathered import Gathered
from seqloom.nn.attention.scores import Score
from seqloom.nn.compiled import compiled


class Looped(Memory):
    """A memory that a training loop asks, one query to a source."""

    gathered: Gathered

    @classmethod
    def of(cls, memory: Memory) -> "Looped":
        looped = cls(*memory)
        looped.gathered = Gathered(memory.keys, memory.values, memory.padding)
        return looped


class Content(Attention):
    """Any score, made into weights and a context."""

    def __init__(self, score: Score) -> None:
        super().__init__()
        self.score = score

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return Memory(source, self.score.keys(source), padding_of(valid, source))

    def looped(self, memory: Memory) -> Memory:
        gains = self.score.products and compiled(memory.values) and torch.is_grad_enabled()
        return Looped.of(memory) if gains else memory

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        if isinstance(memory, Looped):
            context, weights = memory.gathered.ask(query.squeeze(1))
            return Attended(context.unsqueeze(1), weights.unsqueeze(1), state)
        return Attended(*self.over(query, memory, state), state)

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        energies = self.score(queries, memory.keys) + memory.padding.unsqueeze(1)
        weights = torch.softmax(energies, dim=-1)
        return torch.bmm(weights, memory.values), weights
