"""Attention by content: a distribution over the source, and the mean of the source under it.

    e_j   = score(query, key_j)
    a     = softmax(e), over real positions only
    c     = sum_j a_j h_j

What is fixed for a source (values, keys, which positions are real) is its Memory.

Sizes: B batch, W queries a source, S source length, H source features, Q query features, K key features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqloom.nn.attention.scores import Score


class Memory(NamedTuple):
    """A source as attention sees it.

    values  [B, S, H]  encoder states
    keys    [B, S, K]  what queries are compared with
    padding [B, S]     0 on real positions, -inf on padding; added to the energies
    """

    values: Tensor
    keys: Tensor
    padding: Tensor


class Attention(nn.Module):
    """Any score, made into weights and a context."""

    def __init__(self, score: Score) -> None:
        super().__init__()
        self.score = score

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        """Project the keys once; every step then reuses them."""
        padding = torch.zeros_like(source[..., 0]).masked_fill(~valid, -torch.inf)
        return Memory(source, self.score.keys(source), padding)

    def forward(
        self, query: Float[Tensor, "B W Q"], memory: Memory
    ) -> tuple[Float[Tensor, "B W H"], Float[Tensor, "B W S"]]:
        """The context of each query and the weights it comes from."""
        energies = self.score(query, memory.keys) + memory.padding.unsqueeze(1)
        weights = torch.softmax(energies, dim=-1)
        return torch.bmm(weights, memory.values), weights


def grouped(rows: Float[Tensor, "N D"], memory: Memory) -> Float[Tensor, "B W D"]:
    """Rows by the source that they belong to."""
    return rows.view(len(memory.values), -1, rows.shape[-1])
