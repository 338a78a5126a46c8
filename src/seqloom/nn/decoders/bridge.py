"""From the encoder's last states to the decoder's first.

    the same cell and size in one direction    s_0 = the last state itself       Sutskever 2014
    otherwise                                  s_0 = tanh(V h) for every part    Cho 2014

h is what each reader of the encoder says after its last position, two directions side by side. Bahdanau
2015 takes the backward reader's half alone, s_0 = tanh(W <-h_1); here the forward one has its say too.
Depths are matched
from the top, so that the last layer, which has seen the most, is always handed on: the decoder's
last layer starts from the encoder's last, the one below from the one below, and where the encoder is
shallower the rest start from its first.

Sizes: N rows, D state of the decoder.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.cells.stack import LastStates
from seqloom.nn.products import Linear


class Carry(nn.Module):
    """Hands the states on as they are."""

    def forward(self, last: LastStates) -> tuple[Float[Tensor, "N D"], ...]:
        return tuple(part for layer in last for part in layer)


class Bridge(nn.Module):
    """One map for each part of each decoder layer's state. `source` are the sizes of what the
    encoder's layers hand on."""

    def __init__(self, source: list[int], hidden: int, parts: int, layers: int) -> None:
        super().__init__()
        self.opposite = [max(0, layer + len(source) - layers) for layer in range(layers)]
        self.V = nn.ModuleList([Linear(source[layer], parts * hidden) for layer in self.opposite])
        self.hidden = hidden

    def forward(self, last: LastStates) -> tuple[Float[Tensor, "N D"], ...]:
        state: list[Tensor] = []
        for layer, V in zip(self.opposite, self.V, strict=True):
            h = last[layer][0]
            state.extend(torch.tanh(V(h)).split(self.hidden, dim=1))
        return tuple(state)
