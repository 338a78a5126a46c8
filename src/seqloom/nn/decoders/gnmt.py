"""Google's neural machine translation (Wu 2016): attention in a deep decoder.

    a_t   = softmax_j e(s^1_{t-1}, h_j)        the bottom layer's state before asks (section 3)
    c_t   = sum_j a_tj h_j                     context
    s^1_t = f^1(s^1_{t-1}, y_{t-1}, c_t)       it enters every layer
    s^l_t = f^l(s^l_{t-1}, o^{l-1}_t, c_t)
    o^l_t = s^l_t + o^{l-1}_t                  from the first residual layer on (eq. 6); below it s^l_t
    readout of (o^L_t, c_t)

Only the bottom layer and the attention wait for each other. They go step by step; once all contexts
are known, the layers above run over the whole target at once.

What c_t adds to the gates of layer l is C^l c_t.

Sizes: B sources, N rows, T target length, E embedding, H source features, D state, F features.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqloom.nn.attention.attention import Attended, Attention, AttentionState, Memory, grouped
from seqloom.nn.cells.cell import CellState
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState, Steps
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.encoders.encoder import Encoded
from seqloom.nn.products import Linear


class GNMT(Decoder):
    """Two layers or more."""

    def __init__(
        self, layers: Layers, bridge: Bridge | Carry, attention: Attention, source: int
    ) -> None:
        super().__init__()
        self.layers = layers
        self.bridge = bridge
        self.attention = attention
        gates = layers.first.gates * layers.hidden
        self.C = nn.ModuleList([Linear(source, gates, bias=False) for _ in layers.cells])
        self.features = layers.hidden + source

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> Memory:
        return self.attention.remember(encoded.states, valid)

    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        return (*self.bridge(encoded.last), *self.attention.start(Memory(*memory)))

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        looped = self.attention.looped(Memory(*memory))
        cells, asking = self._split(state)
        bottom = self.layers.split(cells)[0]
        outputs: list[Tensor] = []
        contexts: list[Tensor] = []
        weights: list[Tensor] = []
        for step in self.layers.project(embedded).unbind(0):
            context, paid, asking = self._ask(bottom, looped, asking)
            bottom = self.layers.first(step + self.C[0](context), bottom)
            outputs.append(bottom[0])
            contexts.append(context)
            weights.append(paid)
        seen = torch.stack(contexts)
        tops = self.layers.above(torch.stack(outputs), cells, [C(seen) for C in self.C[1:]])
        features = torch.cat([tops, seen], dim=2)
        return Steps(self.layers.dropout(features), torch.stack(weights))

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], Float[Tensor, "N S"], DecoderState]:
        cells, asking = self._split(state)
        bottom = self.layers.split(cells)[0]
        context, weights, asking = self._ask(bottom, Memory(*memory), asking)
        projected = self.layers.project(embedded.unsqueeze(0))
        first, *more = [C(context) for C in self.C]
        noise = self.layers.noise(projected)
        cells = self.layers.step(projected[0] + first, cells, noise, 0, more)
        features = torch.cat([self.layers.top(cells), context], dim=1)
        return self.layers.dropout(features.unsqueeze(0))[0], weights, (*cells, *asking)

    def _split(self, state: DecoderState) -> tuple[DecoderState, AttentionState]:
        """The states of the cells and of the attention."""
        return state[: self.layers.parts], state[self.layers.parts :]

    def _ask(self, bottom: CellState, memory: Memory, asking: AttentionState) -> Attended:
        """The context [N, H] and the weights [N, S] of one step."""
        context, weights, asking = self.attention.step(grouped(bottom[0], memory), memory, asking)
        return Attended(context.flatten(0, 1), weights.flatten(0, 1), asking)
