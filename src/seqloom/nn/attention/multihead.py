"""Multi-head attention (Vaswani 2017, section 3.2.2), asked by one decoder state at a time.

    q_i, k_ij, v_ij = W_q q, W_k h_j, W_v h_j     cut into M heads of d = K / M features
    a_i = softmax_j(q_i . k_ij / sqrt(d))         every head has weights of its own
    c   = W_o [sum_j a_1j v_1j ; ... ; sum_j a_Mj v_Mj]

The weights that it shows are the mean over the heads. The context has as many features as a source
position, as that of any other attention.

Keys and values are projected, scaled and laid out by heads once for a source.

Sizes: B batch, W queries a source, S source length, H source features, Q query features, K features
of all heads together, M heads, d features of one.
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
from seqloom.nn.products import Linear


class MultiHead(Attention):
    """`heads` must divide `hidden`. In its memory keys and values are [B, M, S, d]."""

    def __init__(self, query: int, source: int, hidden: int, heads: int) -> None:
        super().__init__()
        assert hidden % heads == 0
        self.heads = heads
        self.W_q = Linear(query, hidden, bias=False)
        self.W_k = Linear(source, hidden, bias=False)
        self.W_v = Linear(source, hidden, bias=False)
        self.W_o = Linear(hidden, source, bias=False)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        keys = self._by_head(self.W_k(source))
        keys = keys * keys.shape[-1] ** -0.5
        values = self._by_head(self.W_v(source)).contiguous()
        return Memory(values, keys, padding_of(valid, source))

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        return Attended(*self.over(query, memory, state), state)

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        energies = self._by_head(self.W_q(queries)) @ memory.keys.transpose(2, 3)
        weights = torch.softmax(energies + memory.padding[:, None, None], dim=-1)
        heads = (weights @ memory.values).transpose(1, 2)
        return self.W_o(heads.flatten(2)), weights.mean(dim=1)

    def _by_head(self, features: Float[Tensor, "B L K"]) -> Float[Tensor, "B M L d"]:
        return features.unflatten(2, (self.heads, -1)).transpose(1, 2)
