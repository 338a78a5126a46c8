"""Multiplicative attention (Luong 2015): update, then ask with the new state.

    s_t = f(s_{t-1}, y_{t-1}, s~_{t-1})    s~ only with input feeding
    a_t = softmax_j e(s_t, h_j)
    c_t = sum_j a_tj h_j
    s~_t = tanh(W_c [c_t ; s_t])           attentional state (eq. 5): what the readout sees

Without input feeding no step waits for the attention of the one before: the cells run over the whole
target at once, and so does the attention.

Sizes: B sources, N rows, T target length, E embedding, H source features, D state (= F features).
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqloom.nn.attention.content import Attention, Memory, grouped
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState
from seqloom.nn.decoders.layers import Layers, Noise
from seqloom.nn.encoders.recurrent import Encoded


class Luong(Decoder):
    """With input feeding if `feed` is given: its map from s~ to the gates of the first layer."""

    def __init__(
        self,
        layers: Layers,
        bridge: Bridge | Carry,
        attention: Attention,
        source: int,
        feed: nn.Linear | None,
    ) -> None:
        super().__init__()
        self.layers = layers
        self.bridge = bridge
        self.attention = attention
        self.W_c = nn.Linear(source + layers.hidden, layers.hidden, bias=False)
        self.feed = feed
        self.features = layers.hidden

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> Memory:
        return self.attention.remember(encoded.states, valid)

    def start(self, encoded: Encoded) -> DecoderState:
        state = self.bridge(encoded.last)
        return state if self.feed is None else (*state, torch.zeros_like(state[0]))

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Float[Tensor, "T N F"]:
        projected = self.layers.project(embedded)
        if self.feed is None:
            outputs = self.layers.scan(projected, state).transpose(0, 1)
            attended, _ = self._attend(outputs, Memory(*memory))
            return self.layers.dropout(attended.transpose(0, 1))
        noise = self.layers.noise(projected)
        kept = self.layers.dropout.noise(projected[..., : self.features])
        features: list[Tensor] = []
        for t, step in enumerate(projected.unbind(0)):
            attended, _, state = self._advance(step, Memory(*memory), state, noise, kept, t)
            features.append(attended)
        return torch.stack(features)

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], Float[Tensor, "N S"], DecoderState]:
        projected = self.layers.project(embedded.unsqueeze(0))
        noise = self.layers.noise(projected)
        kept = self.layers.dropout.noise(projected[..., : self.features])
        return self._advance(projected[0], Memory(*memory), state, noise, kept, 0)

    def _advance(
        self,
        projected: Float[Tensor, "N G"],
        memory: Memory,
        state: DecoderState,
        noise: Noise,
        kept: Float[Tensor, "T N D"] | None,
        t: int,
    ) -> tuple[Float[Tensor, "N D"], Float[Tensor, "N S"], DecoderState]:
        if self.feed is not None:
            *cells, before = state
            state = tuple(cells)
            projected = torch.addmm(projected, before, self.feed.weight.t())
        state = self.layers.step(projected, state, noise, t)
        attended, weights = self._attend(grouped(self.layers.top(state), memory), memory)
        attended, weights = attended.flatten(0, 1), weights.flatten(0, 1)
        if kept is not None:
            attended = attended * kept[t]
        return attended, weights, state if self.feed is None else (*state, attended)

    def _attend(
        self, query: Float[Tensor, "B W D"], memory: Memory
    ) -> tuple[Float[Tensor, "B W D"], Float[Tensor, "B W S"]]:
        context, weights = self.attention(query, memory)
        return torch.tanh(self.W_c(torch.cat([context, query], dim=2))), weights
