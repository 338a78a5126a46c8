"""The gated recurrent unit (Cho 2014, section 2.3).

    r, z = sigmoid(W x_t + R h_{t-1} + b)          reset and update gate
    n    = tanh(W x_t + b + r * (R h_{t-1} + b_n))  candidate
    h_t  = z * h_{t-1} + (1 - z) * n

The reset gate acts after the product, as in cuDNN and torch, so that one product serves all three
blocks (the paper applies it before; the two do equally well). Blocks stand in the order r, z, n.

`forward` is one step, differentiated by torch; `scan` runs a whole sequence with a backward pass of
its own, as the LSTM's does.

Sizes: T steps, N rows, D features of the state; G = 3 D.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.cells.cell import Affine, CellState


class GRU(Affine):
    """Two gates and no separate memory: lighter than the LSTM."""

    gates = 3
    parts = 1

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.b_n = nn.Parameter(torch.zeros(hidden))

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        (h,) = state
        D = self.hidden
        recurrent = h @ self.R.t()
        r, z = torch.sigmoid(projected[:, : 2 * D] + recurrent[:, : 2 * D]).chunk(2, dim=1)
        n = torch.tanh(projected[:, 2 * D :] + r * (recurrent[:, 2 * D :] + self.b_n))
        return (torch.lerp(n, h, z),)

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        return (_Scan.apply(projected, self.R, self.b_n, *state),)  # pyright: ignore[reportReturnType]


class _Scan(torch.autograd.Function):
    """The recurrence over all steps, with its derivative written out."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, R: Tensor, b_n: Tensor, h: Tensor) -> Tensor:
        steps, rows, gates = projected.shape
        D = gates // 3
        rz = projected.new_empty(steps, rows, 2 * D)
        n = projected.new_empty(steps, rows, D)
        inner = projected.new_empty(steps, rows, D)
        hs = projected.new_empty(steps + 1, rows, D)
        hs[0] = h
        R_rz, R_n = R[: 2 * D].t(), R[2 * D :].t()
        for t in range(steps):
            torch.addmm(projected[t, :, : 2 * D], hs[t], R_rz, out=rz[t]).sigmoid_()
            r, z = rz[t].chunk(2, dim=1)
            torch.addmm(b_n, hs[t], R_n, out=inner[t])
            torch.addcmul(projected[t, :, 2 * D :], r, inner[t], out=n[t]).tanh_()
            torch.lerp(n[t], hs[t], z, out=hs[t + 1])
        ctx.save_for_backward(R, rz, n, inner, hs)
        return hs[1:]

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, ...]:
        (dhs,) = grad_outputs
        R, rz, n, inner, hs = ctx.saved_tensors
        steps, rows, D = n.shape
        r, z = rz.chunk(2, dim=2)
        # Slopes of h_t with respect to each gate's input, for all steps before the loop.
        to_n = (1 - z) * (1 - n * n)
        to_z = (hs[:-1] - n) * z * (1 - z)
        to_r = to_n * inner * r * (1 - r)
        slope = torch.cat([to_r, to_z, to_n * r], dim=2)
        d_recurrent = torch.empty_like(slope)
        dh = torch.zeros_like(hs[0])
        dhs = dhs.contiguous()
        grads = torch.empty_like(dhs)
        for t in range(steps - 1, -1, -1):
            torch.add(dh, dhs[t], out=grads[t])
            by = slope[t].view(rows, 3, D)
            torch.mul(by, grads[t].unsqueeze(1), out=d_recurrent[t].view(rows, 3, D))
            dh = torch.addmm(grads[t] * z[t], d_recurrent[t], R)
        d_projected = d_recurrent.clone()
        torch.mul(to_n, grads, out=d_projected[..., 2 * D :])
        flat = d_recurrent.view(-1, 3 * D)
        dR = flat.t() @ hs[:-1].reshape(-1, D)
        return d_projected, dR, flat[:, 2 * D :].sum(0), dh
