"""The LSTM (Hochreiter & Schmidhuber 1997) with the forget gate of Gers 2000.

    i, f, o = sigmoid(W x_t + R h_{t-1} + b)    input, forget and output gate
    g       = tanh   (W x_t + R h_{t-1} + b)    candidate
    c_t     = f * c_{t-1} + i * g
    h_t     = o * tanh(c_t)

The four blocks stand in the order i, f, o, g, so that the three sigmoids are one.

A scan has a backward pass of its own: no graph is built per step, and dR is one product after the loop
instead of T small ones. Back from dh, dc of a step's state to what came in, with u = tanh(c_t):

    dc += dh o (1 - u^2)
    da  = dc g i (1 - i),  dc c_{t-1} f (1 - f),  dh u o (1 - o),  dc i (1 - g^2)
    dh  = da R,  dc = dc f

Sizes: T steps, N rows, D features of the state; G = 4 D.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.kernel.gates import lstm_back, lstm_on
from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.compiled import compiled


class LSTM(Affine):
    """State (h, c); c is carried along a path that only gates touch, so it forgets slowly."""

    gates = 4
    parts = 2

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        h, c = self.scan(projected.unsqueeze(0), state)
        return h[0], c[0]

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        return _Scan.apply(projected, self.R, *state)  # pyright: ignore[reportReturnType]


class _Scan(torch.autograd.Function):
    """The recurrence over all steps, with its derivative written out."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, R: Tensor, h: Tensor, c: Tensor) -> CellState:
        steps, rows, _ = projected.shape
        a = torch.empty_like(projected, memory_format=torch.contiguous_format)
        hs = projected.new_empty(steps + 1, rows, R.shape[1])
        cs, us = torch.empty_like(hs), torch.empty_like(hs[1:])
        hs[0], cs[0] = h, c
        on, Rt = _compiled_on if compiled(projected) else _on, R.t()
        for t in range(steps):
            torch.addmm(projected[t], hs[t], Rt, out=a[t])
            on(a[t], cs[t], hs[t + 1], cs[t + 1], us[t])
        ctx.save_for_backward(R, a, hs, cs, us)
        ctx.set_materialize_grads(False)
        return hs[1:], cs[1:]

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> tuple[Tensor, ...]:
        dhs, dcs = grad_outputs
        R, a, hs, cs, us = ctx.saved_tensors
        da, dh, dc = torch.empty_like(a), torch.zeros_like(hs[0]), torch.zeros_like(cs[0])
        back = _compiled_back if compiled(a) else _back
        for t in range(len(us) - 1, -1, -1):
            dh = dh if dhs is None else dh.add_(dhs[t])
            dc = dc if dcs is None else dc.add_(dcs[t])
            back(a[t], cs[t], us[t], dh, dc, da[t])
            torch.mm(da[t], R, out=dh)
        dR = da.flatten(0, 1).t() @ hs[:-1].flatten(0, 1)
        return da, dR, dh, dc


def _on(a: Tensor, c: Tensor, h: Tensor, new_c: Tensor, u: Tensor) -> None:
    i, f, o, g = a.chunk(4, dim=1)
    a[:, : 3 * c.shape[1]].sigmoid_()
    g.tanh_()
    torch.mul(f, c, out=new_c).addcmul_(i, g)
    torch.tanh(new_c, out=u)
    torch.mul(o, u, out=h)


def _back(a: Tensor, c: Tensor, u: Tensor, dh: Tensor, dc: Tensor, da: Tensor) -> None:
    i, f, o, g = a.chunk(4, dim=1)
    dc.addcmul_(dh, o * (1 - u * u))
    to = [dc * g * i * (1 - i), dc * c * f * (1 - f), dh * u * o * (1 - o), dc * i * (1 - g * g)]
    torch.cat(to, dim=1, out=da)
    dc.mul_(f)


def _compiled_on(a: Tensor, c: Tensor, h: Tensor, new_c: Tensor, u: Tensor) -> None:
    rows, D = c.shape
    lstm_on(a.data_ptr(), c.data_ptr(), rows, D, h.data_ptr(), new_c.data_ptr(), u.data_ptr())


def _compiled_back(a: Tensor, c: Tensor, u: Tensor, dh: Tensor, dc: Tensor, da: Tensor) -> None:
    gates, before, bent, (rows, D) = a.data_ptr(), c.data_ptr(), u.data_ptr(), c.shape
    lstm_back(gates, before, bent, dh.data_ptr(), rows, D, dc.data_ptr(), da.data_ptr())
