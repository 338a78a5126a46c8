"""Cells with layer normalisation (Ba 2016): every sum is brought to mean 0 and variance 1 over its
own features, then scaled by a gain that is learnt.

    LN(a) = gain * (a - mean a) / sqrt(var a + 1e-5)

    Elman  h_t     = tanh(LN(W x_t + R h_{t-1}) + b)                         section 3.1
    LSTM   z       = LN(W x_t) + LN(R h_{t-1}) + b                           supplement
           i, f, o = sigmoid(z),  g = tanh(z)                                each its own block of z
           c_t     = f * c_{t-1} + i * g
           h_t     = o * tanh(LN(c_t) + b_c)
    GRU    r, z    = sigmoid(LN(W x_t) + LN(R h_{t-1}) + b)                  supplement
           n       = tanh(LN(W x_t) + b + r * (LN(R h_{t-1}) + b_n))
           h_t     = z * h_{t-1} + (1 - z) * n

One LN spans all blocks that stand on its line: 4 D features of the LSTM's z, 2 D of the GRU's gates,
D of its candidate. Where the paper gives each LN a shift, sums of shifts are one b here.

LN(W x_t) waits for nothing, so `project` makes it for all steps at once. What a decoder adds to the
input half at a step (a context, the attentional state before) is added to LN(W x_t) as it is; the
Elman cell, which normalises the whole sum, takes it in.

Sizes: T steps, N rows, I input features, D features of the state, G gate features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.products import added, linear


class LayerNormElman(Affine):
    """The sum of both halves is normalised, then shifted by b."""

    gates = 1
    parts = 1

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.norm = nn.LayerNorm(hidden, bias=False)

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        return linear(inputs, self.W)

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        return (torch.tanh(self.norm(added(projected, state[0], self.R)) + self.b),)


class LayerNormLSTM(Affine):
    """Blocks stand in the order i, f, o, g."""

    gates = 4
    parts = 2

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.norm_x = nn.LayerNorm(4 * hidden, bias=False)
        self.norm_h = nn.LayerNorm(4 * hidden, bias=False)
        self.norm_c = nn.LayerNorm(hidden)

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        return self.norm_x(linear(inputs, self.W)) + self.b

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        h, c = state
        z = projected + self.norm_h(linear(h, self.R))
        i, f, o = torch.sigmoid(z[:, : 3 * self.hidden]).chunk(3, dim=1)
        c = f * c + i * torch.tanh(z[:, 3 * self.hidden :])
        return o * torch.tanh(self.norm_c(c)), c


class LayerNormGRU(Affine):
    """Blocks stand in the order r, z, n; b_n is the shift of the candidate's recurrent LN."""

    gates = 3
    parts = 1

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.norm_x_rz = nn.LayerNorm(2 * hidden, bias=False)
        self.norm_h_rz = nn.LayerNorm(2 * hidden, bias=False)
        self.norm_x_n = nn.LayerNorm(hidden, bias=False)
        self.norm_h_n = nn.LayerNorm(hidden)

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        rz, n = linear(inputs, self.W).split([2 * self.hidden, self.hidden], dim=-1)
        return torch.cat([self.norm_x_rz(rz), self.norm_x_n(n)], dim=-1) + self.b

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        (h,) = state
        D = self.hidden
        recurrent = linear(h, self.R)
        rz = projected[:, : 2 * D] + self.norm_h_rz(recurrent[:, : 2 * D])
        r, z = torch.sigmoid(rz).chunk(2, dim=1)
        n = torch.tanh(projected[:, 2 * D :] + r * self.norm_h_n(recurrent[:, 2 * D :]))
        return (torch.lerp(n, h, z),)
