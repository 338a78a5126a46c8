"""What every attention is: something that is asked about a source at every step and answers with a
context, the mean of the source under the weights it pays.

    remember   source -> Memory                    fixed for a source
    looped     Memory -> Memory                    for a loop over a target
    start      Memory -> State                     what changes from step to step; often nothing
    step       query, Memory, State -> Attended    one question
    over       all queries, Memory, State          all questions of a target whose queries are known

Queries come in groups: the W hypotheses of a source ask the same memory.

Sizes: B sources, W hypotheses of each, N = B * W rows, T target length, S source length, H source
features, Q query features, K key features.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

AttentionState = tuple[Tensor, ...]
"""Tensors with a row for each hypothesis, [N, ...]."""


class Memory(NamedTuple):
    """A source as attention sees it.

    values  [B, S, H]  encoder states
    keys    [B, S, K]  what queries are compared with
    padding [B, S]     0 on real positions, -inf on padding; added to the energies
    """

    values: Tensor
    keys: Tensor
    padding: Tensor


class Attended(NamedTuple):
    """context [B, W, H], weights [B, W, S], and the state after."""

    context: Tensor
    weights: Tensor
    state: AttentionState


class Attention(nn.Module, ABC):
    """Asked once a step. `parts` is how many tensors its state has."""

    parts: int = 0

    @abstractmethod
    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        """What is fixed for a source, computed once."""

    def start(self, memory: Memory) -> AttentionState:
        """The state before the first step, a row for each source."""
        return ()

    def looped(self, memory: Memory) -> Memory:
        """The memory for a loop that asks it at every step, one hypothesis to a source."""
        return memory

    @abstractmethod
    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        """One question of each hypothesis."""

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        """The contexts and weights of all steps, one hypothesis to a source."""
        contexts: list[Tensor] = []
        weights: list[Tensor] = []
        for query in queries.split(1, dim=1):
            context, paid, state = self.step(query, memory, state)
            contexts.append(context)
            weights.append(paid)
        return torch.cat(contexts, dim=1), torch.cat(weights, dim=1)


def padding_of(valid: Bool[Tensor, "B S"], like: Tensor) -> Float[Tensor, "B S"]:
    """What is added to energies so that padding gets no weight."""
    zeros = torch.zeros(valid.shape, dtype=like.dtype, device=like.device)
    return zeros.masked_fill(~valid, -torch.inf)


def grouped(rows: Float[Tensor, "N D"], memory: Memory) -> Float[Tensor, "B W D"]:
    """Rows by the source that they belong to."""
    return rows.view(len(memory.values), -1, rows.shape[-1])
