"""The gated recurrent unit (Cho 2014, section 2.3).

    r, z = sigmoid(W x_t + R h_{t-1} + b)          reset and update gate
    n    = tanh(W x_t + b + r * (R h_{t-1} + b_n))  candidate
    h_t  = z * h_{t-1} + (1 - z) * n

The reset gate acts after the product, as in cuDNN and torch, so that one product serves all three
blocks (the paper applies it before; the two do equally well). Blocks stand in the order r, z, n.

A scan has a backward pass of its own, as the LSTM's has. Back from dh of a step's state to what came in,
with q = R h_{t-1} + b_n:

    e  = dh (1 - z) (1 - n^2)
    da = e q r (1 - r),  dh (h_{t-1} - n) z (1 - z),  e r      in the recurrent half R h
    dx = the same, but for e in place of e r                   in the input half W x + b
    dh = dh z + da R

Sizes: T steps, N rows, D features of the state; G = 3 D.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.kernel.gates import gru_back, gru_on
from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.compiled import compiled


class GRU(Affine):
    """Two gates and no separate memory: lighter than the LSTM."""

    gates = 3
    parts = 1

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.b_n = nn.Parameter(torch.zeros(hidden))

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        (h,) = self.scan(projected.unsqueeze(0), state)
        return (h[0],)

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        return (_Scan.apply(projected, self.R, self.b_n, *state),)  # pyright: ignore[reportReturnType]


class _Scan(torch.autograd.Function):
    """The recurrence over all steps, with its derivative written out."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, R: Tensor, b_n: Tensor, h: Tensor) -> Tensor:
        projected = projected.contiguous()
        steps, rows, _ = projected.shape
        a, ns = torch.empty_like(projected), projected.new_empty(steps, rows, R.shape[1])
        hs = projected.new_empty(steps + 1, rows, R.shape[1])
        hs[0] = h
        on, Rt = _compiled_on if compiled(projected) else _on, R.t()
        for t in range(steps):
            torch.mm(hs[t], Rt, out=a[t])
            on(projected[t], a[t], b_n, hs[t], ns[t], hs[t + 1])
        ctx.save_for_backward(R, a, ns, hs)
        return hs[1:]

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, ...]:
        (dhs,) = grad_outputs
        R, a, ns, hs = ctx.saved_tensors
        da, dx, dh = torch.empty_like(a), torch.empty_like(a), torch.zeros_like(hs[0])
        back = _compiled_back if compiled(a) else _back
        for t in range(len(ns) - 1, -1, -1):
            dh.add_(dhs[t])
            back(a[t], ns[t], hs[t], dh, da[t], dx[t])
            dh.addmm_(da[t], R)
        flat = da.flatten(0, 1)
        dR = flat.t() @ hs[:-1].flatten(0, 1)
        return dx, dR, flat[:, 2 * dh.shape[1] :].sum(0), dh


def _on(x: Tensor, a: Tensor, b_n: Tensor, h: Tensor, n: Tensor, new_h: Tensor) -> None:
    D = h.shape[1]
    r, z, q = a.chunk(3, dim=1)
    a[:, : 2 * D].add_(x[:, : 2 * D]).sigmoid_()
    q.add_(b_n)
    torch.addcmul(x[:, 2 * D :], r, q, out=n).tanh_()
    torch.lerp(n, h, z, out=new_h)


def _back(a: Tensor, n: Tensor, h: Tensor, dh: Tensor, da: Tensor, dx: Tensor) -> None:
    r, z, q = a.chunk(3, dim=1)
    e = dh * (1 - z) * (1 - n * n)
    to_r, to_z = e * q * r * (1 - r), dh * (h - n) * z * (1 - z)
    torch.cat([to_r, to_z, e * r], dim=1, out=da)
    torch.cat([to_r, to_z, e], dim=1, out=dx)
    dh.mul_(z)


def _compiled_on(x: Tensor, a: Tensor, b_n: Tensor, h: Tensor, n: Tensor, new_h: Tensor) -> None:
    given, sums, shift, before = x.data_ptr(), a.data_ptr(), b_n.data_ptr(), h.data_ptr()
    rows, D = h.shape
    gru_on(given, sums, shift, before, rows, D, n.data_ptr(), new_h.data_ptr())


def _compiled_back(a: Tensor, n: Tensor, h: Tensor, dh: Tensor, da: Tensor, dx: Tensor) -> None:
    gates, candidate, before, (rows, D) = a.data_ptr(), n.data_ptr(), h.data_ptr(), h.shape
    gru_back(gates, candidate, before, rows, D, dh.data_ptr(), da.data_ptr(), dx.data_ptr())
