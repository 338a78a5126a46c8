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

from seqloom.nn.attention.attention import Attention, AttentionState, Memory, grouped
from seqloom.nn.decoders import fed
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState, Steps
from seqloom.nn.decoders.layers import Layers, Noise
from seqloom.nn.encoders.encoder import Encoded
from seqloom.nn.products import Linear, added


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
        self.W_c = Linear(source + layers.hidden, layers.hidden, bias=False)
        self.feed = feed
        self.features = layers.hidden

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> Memory:
        return self.attention.remember(encoded.states, valid)

    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        cells = self.bridge(encoded.last)
        state = (*cells, *self.attention.start(Memory(*memory)))
        return state if self.feed is None else (*state, torch.zeros_like(cells[0]))

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        projected = self.layers.project(embedded)
        if self.feed is None:
            return self._at_once(projected, Memory(*memory), state)
        noise = self.layers.noise(projected)
        kept = self.layers.dropout.noise(projected[..., : self.features])
        if fed.fits(self.layers, self.attention, projected):
            given = self.feed.weight, self.W_c.weight, Memory(*memory)
            return Steps(*fed.all_steps(self.layers, *given, projected, state, noise, kept))
        looped = self.attention.looped(Memory(*memory))
        features: list[Tensor] = []
        weights: list[Tensor] = []
        for t, step in enumerate(projected.unbind(0)):
            attended, paid, state = self._advance(step, looped, state, noise, kept, t)
            features.append(attended)
            weights.append(paid)
        return Steps(torch.stack(features), torch.stack(weights))

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], Float[Tensor, "N S"], DecoderState]:
        projected = self.layers.project(embedded.unsqueeze(0))
        noise = self.layers.noise(projected)
        kept = self.layers.dropout.noise(projected[..., : self.features])
        return self._advance(projected[0], Memory(*memory), state, noise, kept, 0)

    def _at_once(
        self, projected: Float[Tensor, "T N G"], memory: Memory, state: DecoderState
    ) -> Steps:
        """No step waits for another one's attention."""
        cells, asking = self._split(state)
        outputs = self.layers.scan(projected, cells).transpose(0, 1)
        contexts, weights = self.attention.over(outputs, memory, asking)
        attended = self._attentional(contexts, outputs).transpose(0, 1)
        return Steps(self.layers.dropout(attended), weights.transpose(0, 1))

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
            projected = added(projected, state[-1], self.feed.weight)
        cells, asking = self._split(state)
        cells = self.layers.step(projected, cells, noise, t)
        query = grouped(self.layers.top(cells), memory)
        context, weights, asking = self.attention.step(query, memory, asking)
        attended = self._attentional(context, query).flatten(0, 1)
        if kept is not None:
            attended = attended * kept[t]
        after = (*cells, *asking) if self.feed is None else (*cells, *asking, attended)
        return attended, weights.flatten(0, 1), after

    def _split(self, state: DecoderState) -> tuple[DecoderState, AttentionState]:
        """The states of the cells and of the attention; what is fed stands behind them."""
        cells = self.layers.parts
        return state[:cells], state[cells : cells + self.attention.parts]

    def _attentional(
        self, context: Float[Tensor, "B W H"], query: Float[Tensor, "B W D"]
    ) -> Float[Tensor, "B W D"]:
        return torch.tanh(self.W_c(torch.cat([context, query], dim=2)))
