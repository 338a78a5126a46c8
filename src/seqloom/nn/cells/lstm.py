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

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqloom.kernel.gates import lstm_back, lstm_on
from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.compiled import compiled
from seqloom.nn.factors import Factor
from seqloom.nn.products import factor


class LSTM(Affine):
    """State (h, c); c is carried along a path that only gates touch, so it forgets slowly."""

    gates = 4
    parts = 2

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        h, c = self.scan(projected.unsqueeze(0), state)
        return h[0], c[0]

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        return _Scan.apply(projected, self.R, factor(self.R), *state)  # pyright: ignore[reportReturnType]


class _Scan(torch.autograd.Function):
    """The recurrence over all steps, with its derivative written out."""

    @staticmethod
    def forward(
        ctx: Any, projected: Tensor, R: Tensor, weight: Factor, h: Tensor, c: Tensor
    ) -> CellState:
        steps, rows, _ = projected.shape
        a = torch.empty_like(projected, memory_format=torch.contiguous_format)
        hs = projected.new_empty(steps + 1, rows, R.shape[1])
        cs, us = torch.empty_like(hs), torch.empty_like(hs[1:])
        hs[0], cs[0] = h, c
        on = onwards(a, hs, cs, us)
        each = zip(projected.unbind(0), hs[:-1].unbind(0), a.unbind(0), strict=True)
        for t, (given, before, sums) in enumerate(each):
            weight.added(given, before, sums)
            on(t)
        ctx.save_for_backward(R, a, hs, cs, us)
        ctx.weight = weight
        ctx.set_materialize_grads(False)
        return hs[1:], cs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        dhs, dcs = grad_outputs
        _, a, hs, cs, us = ctx.saved_tensors
        weight: Factor = ctx.weight
        da, dh, dc = torch.empty_like(a), torch.zeros_like(hs[0]), torch.zeros_like(cs[0])
        back = backwards(a, cs, us, dh, dc, da)
        for t, sums in reversed([*enumerate(da.unbind(0))]):
            if dhs is not None:
                dh.add_(dhs[t])
            if dcs is not None:
                dc.add_(dcs[t])
            back(t)
            weight.back(sums, dh)
        dR = weight.gradient(da.flatten(0, 1), hs[:-1].flatten(0, 1))
        return da, dR, None, dh, dc


def onwards(a: Tensor, hs: Tensor, cs: Tensor, us: Tensor) -> Callable[[int], None]:
    """The pointwise part of step t, from a[t], its sums, [N, G]: a[t] becomes its gates, and what follows
    is written to hs[t + 1], cs[t + 1] and us[t] = tanh(cs[t + 1])."""
    return (_compiled_on if compiled(a) else _on)(a, hs, cs, us)


def backwards(
    a: Tensor, cs: Tensor, us: Tensor, dh: Tensor, dc: Tensor, da: Tensor
) -> Callable[[int], None]:
    """And its way back: da[t] from dh and dc, of which dc becomes that of the step before."""
    return (_compiled_back if compiled(a) else _back)(a, cs, us, dh, dc, da)


def _on(a: Tensor, hs: Tensor, cs: Tensor, us: Tensor) -> Callable[[int], None]:
    def on(t: int) -> None:
        i, f, o, g = a[t].chunk(4, dim=1)
        a[t, :, : 3 * i.shape[1]].sigmoid_()
        g.tanh_()
        torch.mul(f, cs[t], out=cs[t + 1]).addcmul_(i, g)
        torch.tanh(cs[t + 1], out=us[t])
        torch.mul(o, us[t], out=hs[t + 1])

    return on


def _back(
    a: Tensor, cs: Tensor, us: Tensor, dh: Tensor, dc: Tensor, da: Tensor
) -> Callable[[int], None]:
    def back(t: int) -> None:
        (i, f, o, g), u = a[t].chunk(4, dim=1), us[t]
        dc.addcmul_(dh, o * (1 - u * u))
        to_i, to_f = dc * g * i * (1 - i), dc * cs[t] * f * (1 - f)
        to_o, to_g = dh * u * o * (1 - o), dc * i * (1 - g * g)
        torch.cat([to_i, to_f, to_o, to_g], dim=1, out=da[t])
        dc.mul_(f)

    return back


def _compiled_on(a: Tensor, hs: Tensor, cs: Tensor, us: Tensor) -> Callable[[int], None]:
    _, rows, D = hs.shape
    state, gates = 4 * rows * D, 16 * rows * D  # bytes of a step
    a0, h1, c0, u0 = a.data_ptr(), hs.data_ptr() + state, cs.data_ptr(), us.data_ptr()

    def on(t: int) -> None:
        here = t * state
        c_t = c0 + here
        lstm_on(a0 + t * gates, c_t, rows, D, h1 + here, c_t + state, u0 + here)

    return on


def _compiled_back(
    a: Tensor, cs: Tensor, us: Tensor, dh: Tensor, dc: Tensor, da: Tensor
) -> Callable[[int], None]:
    rows, D = dh.shape
    state, gates = 4 * rows * D, 16 * rows * D
    a0, c0, u0, d_h, d_c, d_a = (part.data_ptr() for part in (a, cs, us, dh, dc, da))

    def back(t: int) -> None:
        there, here = t * gates, t * state
        lstm_back(a0 + there, c0 + here, u0 + here, d_h, rows, D, d_c, d_a + there)

    return back
