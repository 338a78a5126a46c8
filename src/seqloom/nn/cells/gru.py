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

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from seqloom.kernel.gates import gru_back, gru_on
from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.compiled import compiled
from seqloom.nn.factors import Factor
from seqloom.nn.products import factor


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
        return (_Scan.apply(projected, self.R, factor(self.R), self.b_n, *state),)  # pyright: ignore[reportReturnType]


class _Scan(torch.autograd.Function):
    """The recurrence over all steps, with its derivative written out."""

    @staticmethod
    def forward(
        ctx: Any, projected: Tensor, R: Tensor, weight: Factor, b_n: Tensor, h: Tensor
    ) -> Tensor:
        projected = projected.contiguous()
        steps, rows, _ = projected.shape
        a, ns = torch.empty_like(projected), projected.new_empty(steps, rows, R.shape[1])
        hs = projected.new_empty(steps + 1, rows, R.shape[1])
        hs[0] = h
        on = (_compiled_on if compiled(projected) else _on)(projected, a, b_n, hs, ns)
        for t, (before, sums) in enumerate(zip(hs[:-1].unbind(0), a.unbind(0), strict=True)):
            weight.on(before, sums)
            on(t)
        ctx.save_for_backward(R, a, ns, hs)
        ctx.weight = weight
        return hs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        _, a, ns, hs = ctx.saved_tensors
        weight: Factor = ctx.weight
        da, dx, dh = torch.empty_like(a), torch.empty_like(a), torch.zeros_like(hs[0])
        back = (_compiled_back if compiled(a) else _back)(a, ns, hs, dh, da, dx)
        steps = [*enumerate(zip(grad_outputs[0].unbind(0), da.unbind(0), strict=True))]
        for t, (given, sums) in reversed(steps):
            dh.add_(given)
            back(t)
            dh.add_(weight.back(sums))
        flat = da.flatten(0, 1)
        dR, db_n = weight.gradient(flat, hs[:-1].flatten(0, 1)), flat[:, 2 * dh.shape[1] :].sum(0)
        return dx, dR, None, db_n, dh


def _on(x: Tensor, a: Tensor, b_n: Tensor, hs: Tensor, ns: Tensor) -> Callable[[int], None]:
    def on(t: int) -> None:
        r, z, q = a[t].chunk(3, dim=1)
        to_gates, to_n = x[t].split([2 * r.shape[1], r.shape[1]], dim=1)
        a[t, :, : 2 * r.shape[1]].add_(to_gates).sigmoid_()
        q.add_(b_n)
        torch.addcmul(to_n, r, q, out=ns[t]).tanh_()
        torch.lerp(ns[t], hs[t], z, out=hs[t + 1])

    return on


def _back(
    a: Tensor, ns: Tensor, hs: Tensor, dh: Tensor, da: Tensor, dx: Tensor
) -> Callable[[int], None]:
    def back(t: int) -> None:
        (r, z, q), n = a[t].chunk(3, dim=1), ns[t]
        e = dh * (1 - z) * (1 - n * n)
        to_r, to_z = e * q * r * (1 - r), dh * (hs[t] - n) * z * (1 - z)
        torch.cat([to_r, to_z, e * r], dim=1, out=da[t])
        torch.cat([to_r, to_z, e], dim=1, out=dx[t])
        dh.mul_(z)

    return back


def _compiled_on(
    x: Tensor, a: Tensor, b_n: Tensor, hs: Tensor, ns: Tensor
) -> Callable[[int], None]:
    _, rows, D = hs.shape
    state, gates = 4 * rows * D, 12 * rows * D  # bytes of a step
    x0, a0, shift, h0, n0 = (part.data_ptr() for part in (x, a, b_n, hs, ns))

    def on(t: int) -> None:
        x_t, a_t, h_t, n_t = x0 + t * gates, a0 + t * gates, h0 + t * state, n0 + t * state
        gru_on(x_t, a_t, shift, h_t, rows, D, n_t, h_t + state)

    return on


def _compiled_back(
    a: Tensor, ns: Tensor, hs: Tensor, dh: Tensor, da: Tensor, dx: Tensor
) -> Callable[[int], None]:
    rows, D = dh.shape
    state, gates = 4 * rows * D, 12 * rows * D
    a0, n0, h0, d_h, d_a, d_x = (part.data_ptr() for part in (a, ns, hs, dh, da, dx))

    def back(t: int) -> None:
        a_t, n_t, h_t = a0 + t * gates, n0 + t * state, h0 + t * state
        gru_back(a_t, n_t, h_t, rows, D, d_h, d_a + t * gates, d_x + t * gates)

    return back
