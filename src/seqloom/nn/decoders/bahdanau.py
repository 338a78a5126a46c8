"""The first attention (Bahdanau 2015): ask with the state before, then update.

    a_t = softmax_j e(s_{t-1}, h_j)       weights over the source
    c_t = sum_j a_tj h_j                  context
    s_t = f(s_{t-1}, y_{t-1}, c_t)        the context enters the cell
    readout of (s_t, y_{t-1}, c_t)        deep output with maxout

Sizes: B sources, N rows, T target length, E embedding, H source features, D state, F features.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from seqloom.nn.attention.attention import Attention, Memory, grouped
from seqloom.nn.decoders.bridge import Bridge
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState, Steps
from seqloom.nn.decoders.layers import Layers, Noise
from seqloom.nn.encoders.encoder import Encoded
from seqloom.nn.products import Linear, added


class Bahdanau(Decoder):
    """The loop holds the score, the context and the cell; everything else stands outside."""

    def __init__(
        self, layers: Layers, bridge: Bridge, attention: Attention, embedding: int, source: int
    ) -> None:
        super().__init__()
        self.layers = layers
        self.bridge = bridge
        self.attention = attention
        self.C = Linear(source, layers.first.gates * layers.hidden, bias=False)
        self.features = layers.hidden + embedding + source

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> Memory:
        return self.attention.remember(encoded.states, valid)

    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        return (*self.bridge(encoded.last), *self.attention.start(Memory(*memory)))

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        projected = self.layers.project(embedded)
        looped = self.attention.looped(Memory(*memory))
        noise = self.layers.noise(projected)
        tops: list[Tensor] = []
        contexts: list[Tensor] = []
        weights: list[Tensor] = []
        for t, step in enumerate(projected.unbind(0)):
            context, paid, state = self._advance(step, looped, state, noise, t)
            tops.append(self.layers.top(self._cells(state)))
            contexts.append(context)
            weights.append(paid)
        seen = torch.cat([torch.stack(tops), embedded, torch.stack(contexts)], dim=2)
        return Steps(self.layers.dropout(seen), torch.stack(weights))

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], Float[Tensor, "N S"], DecoderState]:
        projected = self.layers.project(embedded.unsqueeze(0))
        noise = self.layers.noise(projected)
        context, weights, state = self._advance(projected[0], Memory(*memory), state, noise, 0)
        seen = torch.cat([self.layers.top(self._cells(state)), embedded, context], dim=1)
        return self.layers.dropout(seen.unsqueeze(0))[0], weights, state

    def _cells(self, state: DecoderState) -> DecoderState:
        """The state without the attention's own."""
        return state[: self.layers.parts]

    def _advance(
        self,
        projected: Float[Tensor, "N G"],
        memory: Memory,
        state: DecoderState,
        noise: Noise,
        t: int,
    ) -> tuple[Float[Tensor, "N H"], Float[Tensor, "N S"], DecoderState]:
        cells, asking = self._cells(state), state[self.layers.parts :]
        query = grouped(self.layers.top(cells), memory)
        context, weights, asking = self.attention.step(query, memory, asking)
        context, weights = context.flatten(0, 1), weights.flatten(0, 1)
        cells = self.layers.step(added(projected, context, self.C.weight), cells, noise, t)
        return context, weights, (*cells, *asking)
