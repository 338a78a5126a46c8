"""Decoders without attention.

    Sutskever 2014   s_0 = v, the encoder's last state;  s_t = f(s_{t-1}, y_{t-1});  readout of s_t
    Cho 2014         s_0 = tanh(V c);  s_t = f(s_{t-1}, y_{t-1}, c);  readout of (s_t, y_{t-1}, c)

Sutskever's two nets become one where `layers` holds the encoder's own cells: the net that has read the
source goes on to write, and what it put out while reading is thrown away. In the paper's figure <eos> is
the step that asks for the first word; here <sos> is fed after it, as to every decoder.

The source is one vector, read once; Cho shows it to every step again. What c adds to the gates is
the same at every step, so it is computed once and added to all of them.

Sizes: B sources, N rows, T target length, E embedding, H context, D state, F features, G gates.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState, Steps
from seqloom.nn.decoders.layers import Layers, per_row
from seqloom.nn.encoders.encoder import Encoded
from seqloom.nn.products import Linear


class Sutskever(Decoder):
    """Nothing of the source but the first state."""

    def __init__(self, layers: Layers, bridge: Bridge | Carry) -> None:
        super().__init__()
        self.layers = layers
        self.bridge = bridge
        self.features = layers.hidden

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> DecoderMemory:
        return ()

    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        return self.bridge(encoded.last)

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        outputs = self.layers.scan(self.layers.project(embedded), state)
        return Steps(self.layers.dropout(outputs), None)

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], None, DecoderState]:
        projected = self.layers.project(embedded.unsqueeze(0))
        state = self.layers.step(projected[0], state, self.layers.noise(projected), 0)
        return self.layers.dropout(self.layers.top(state).unsqueeze(0))[0], None, state


class Cho(Decoder):
    """The context at every step, into the cell and into the readout."""

    def __init__(self, layers: Layers, bridge: Bridge, embedding: int, context: int) -> None:
        super().__init__()
        self.layers = layers
        self.bridge = bridge
        self.C = Linear(context, layers.first.gates * layers.hidden, bias=False)
        self.features = layers.hidden + embedding + context

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> DecoderMemory:
        context = encoded.last[-1][0]
        return context, self.C(context)

    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        return self.bridge(encoded.last)

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        context, gates = memory
        outputs = self.layers.scan(self.layers.project(embedded) + gates, state)
        seen = context.expand(len(embedded), *context.shape)
        features = torch.cat([outputs, embedded, seen], dim=2)
        return Steps(self.layers.dropout(features), None)

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], None, DecoderState]:
        context, gates = (per_row(part, len(embedded)) for part in memory)
        projected = self.layers.project(embedded.unsqueeze(0)) + gates
        state = self.layers.step(projected[0], state, self.layers.noise(projected), 0)
        seen = torch.cat([self.layers.top(state), embedded, context], dim=1)
        return self.layers.dropout(seen.unsqueeze(0))[0], None, state
