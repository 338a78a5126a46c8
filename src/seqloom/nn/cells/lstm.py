"""The LSTM (Hochreiter & Schmidhuber 1997) with the forget gate of Gers 2000.

    i, f, o = sigmoid(W x_t + R h_{t-1} + b)    input, forget and output gate
    g       = tanh   (W x_t + R h_{t-1} + b)    candidate
    c_t     = f * c_{t-1} + i * g
    h_t     = o * tanh(c_t)

The four blocks stand in the order i, f, o, g, so that the three sigmoids are one.

`forward` is one step, differentiated by torch. `scan` runs a whole sequence with a backward pass of
its own: no graph is built per step, and dR is one product after the loop instead of T small ones.

Sizes: T steps, N rows, D features of the state; G = 4 D.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.cells.cell import Affine, CellState


class LSTM(Affine):
    """State (h, c); c is carried along a path that only gates touch, so it forgets slowly."""

    gates = 4
    parts = 2

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        h, c = state
        z = torch.addmm(projected, h, self.R.t())
        i, f, o = torch.sigmoid(z[:, : 3 * self.hidden]).chunk(3, dim=1)
        g = torch.tanh(z[:, 3 * self.hidden :])
        c = f * c + i * g
        return o * torch.tanh(c), c

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        return _Scan.apply(projected, self.R, *state)  # pyright: ignore[reportReturnType]


class _Scan(torch.autograd.Function):
    """The recurrence over all steps, with its derivative written out."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, R: Tensor, h: Tensor, c: Tensor) -> CellState:
        steps, rows, gates = projected.shape
        D = gates // 4
        z = torch.empty_like(projected)
        hs = projected.new_empty(steps + 1, rows, D)
        cs = projected.new_empty(steps + 1, rows, D)
        tanh_c = projected.new_empty(steps, rows, D)
        hs[0], cs[0] = h, c
        Rt = R.t()
        for t in range(steps):
            torch.addmm(projected[t], hs[t], Rt, out=z[t])
            z[t, :, : 3 * D].sigmoid_()
            z[t, :, 3 * D :].tanh_()
            i, f, o, g = z[t].chunk(4, dim=1)
            torch.mul(f, cs[t], out=cs[t + 1])
            cs[t + 1].addcmul_(i, g)
            torch.tanh(cs[t + 1], out=tanh_c[t])
            torch.mul(o, tanh_c[t], out=hs[t + 1])
        ctx.save_for_backward(R, z, hs, cs, tanh_c)
        ctx.set_materialize_grads(False)
        return hs[1:], cs[1:]

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> tuple[Tensor, ...]:
        dhs, dcs = grad_outputs
        R, z, hs, cs, tanh_c = ctx.saved_tensors
        steps, rows, D = tanh_c.shape
        i, f, o, g = z.chunk(4, dim=2)
        # What a gradient of c or h is multiplied with on its way to each gate's input: known for
        # all steps before the loop, so that the loop holds two products and one addition.
        slope = torch.empty_like(z)
        torch.mul(g, i * (1 - i), out=slope[..., :D])
        torch.mul(cs[:-1], f * (1 - f), out=slope[..., D : 2 * D])
        torch.mul(tanh_c, o * (1 - o), out=slope[..., 2 * D : 3 * D])
        torch.mul(i, 1 - g * g, out=slope[..., 3 * D :])
        into_c = o * (1 - tanh_c * tanh_c)
        dz = torch.empty_like(z)
        dh = torch.zeros_like(hs[0])
        dc = torch.zeros_like(cs[0])
        for t in range(steps - 1, -1, -1):
            if dhs is not None:
                dh = dh + dhs[t]
            if dcs is not None:
                dc = dc + dcs[t]
            dc = torch.addcmul(dc, dh, into_c[t])
            step, by = dz[t].view(rows, 4, D), slope[t].view(rows, 4, D)
            torch.mul(by, dc.unsqueeze(1), out=step)
            torch.mul(by[:, 2], dh, out=step[:, 2])
            dh = dz[t] @ R
            dc = dc * f[t]
        dR = dz.view(-1, 4 * D).t() @ hs[:-1].reshape(-1, D)
        return dz, dR, dh, dc
