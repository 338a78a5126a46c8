"""LSTM cells that move a soft window over a text, all steps at once, with the way back written out: the
same sums as skip.py's loop, but no graph is built per step, and each weight's gradient is one product of
all steps. A line of handwriting has hundreds of them.

    a_t     = x_t + [R U] [h_{t-1} ; w_{t-1}]                 the cell: h_t, c_t
    asked_t = min(W h_t + b, MOST) = (a^, b^, k^),  kappa_t = kappa_{t-1} + exp(k^)
    e_t     = exp(a^_k - exp(b^_k) d^2) for d = kappa_k - u,  phi_t = sum_k e_t,  w_t = sum_u phi_t(u) c_u

Back from dphi (of w_t and of phi_t itself), with g = dphi e:

    da^ = sum_u g,  db^ = -exp(b^) sum_u g d^2,  dkappa += -2 exp(b^) sum_u g d,  dk^ = dkappa exp(k^)

Sizes: T steps, N rows, D state, G = 4 D gates, E features of the text, K Gaussians, Z = 3 K, U
characters.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqloom.nn.attention.attention import Memory
from seqloom.nn.attention.window import MOST
from seqloom.nn.cells.cell import CellState, after
from seqloom.nn.cells.lstm import backwards, onwards
from seqloom.nn.factors import Factor
from seqloom.nn.products import factor

_LEAST = -87.0
"""exp(-87) is about the smallest number that 32 bits hold with all digits; below it exp takes longer."""


class Weights(NamedTuple):
    """Of the cell, of what it sees in the text, and of the window."""

    R: Float[Tensor, "G D"]
    U: Float[Tensor, "G E"]
    W: Float[Tensor, "Z D"]
    b: Float[Tensor, " Z"]


class Steps(NamedTuple):
    """After each step: h, c, kappa, what is shown, and phi."""

    h: Float[Tensor, "T N D"]
    c: Float[Tensor, "T N D"]
    kappa: Float[Tensor, "T N K"]
    shown: Float[Tensor, "T N E"]
    phi: Float[Tensor, "T N U"]


def all_steps(
    weights: Weights,
    projected: Float[Tensor, "T N G"],
    state: CellState,
    kappa: Float[Tensor, "N K"],
    shown: Float[Tensor, "N E"],
    memory: Memory,
) -> Steps:
    """From the states before the first step."""
    joint = factor(torch.cat([weights.R, weights.U], dim=1).detach())
    there = torch.exp(memory.padding)
    given = (projected, memory.values, *weights, *state, kappa, shown)
    return Steps(*_Windowed.apply(joint, there, *given))  # pyright: ignore[reportGeneralTypeIssues]


class _Windowed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, joint: Factor, there: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        projected, text, _, _, W, b, *before = given
        hs, cs, kappas, ws = (after(first, len(projected)) for first in before)
        entered = projected.new_empty(len(projected), len(text), hs.shape[2] + ws.shape[2])
        a = torch.empty_like(projected, memory_format=torch.contiguous_format)
        us, asked = torch.empty_like(hs[1:]), projected.new_empty(*projected.shape[:2], len(b))
        phis, parts = list[Tensor](), list[Tensor]()
        on = onwards(a, hs, cs, us)
        for t, sums in enumerate(a.unbind(0)):
            torch.cat((hs[t], ws[t]), dim=1, out=entered[t])
            joint.added(projected[t], entered[t], sums)
            on(t)
            torch.addmm(b, hs[t + 1], W.t(), out=asked[t])
            height, sharpness, pace = _spread(asked[t])
            torch.add(kappas[t], pace, out=kappas[t + 1])
            distances = _distances(kappas[t + 1], there)
            exponent = height.unsqueeze(2) - sharpness.unsqueeze(2) * distances.square()
            parts.append(exponent.clamp_min_(_LEAST).exp_().mul_(there.unsqueeze(1)))
            phis.append(parts[-1].sum(dim=1))
            torch.bmm(phis[-1].unsqueeze(1), text, out=ws[t + 1].unsqueeze(1))
        phi = torch.stack(phis)
        ctx.save_for_backward(text, W, there, a, hs, cs, us, entered, asked, kappas, phi)
        ctx.joint, ctx.parts = joint, parts
        ctx.set_materialize_grads(False)
        return hs[1:], cs[1:], kappas[1:], ws[1:], phi

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        text, W, there, a, hs, cs, us, entered, asked, kappas, phi = ctx.saved_tensors
        dhs, dcs, dkappas, dws, dphis = grad_outputs
        joint: Factor = ctx.joint
        D, turned = hs.shape[2], text.transpose(1, 2)
        da, dasked = torch.empty_like(a), torch.empty_like(asked)
        shown = text.new_zeros(len(a), *text[:, 0].shape)  # the gradient of what each step showed
        below, dw = torch.zeros_like(entered[0]), torch.zeros_like(shown[0])
        dh, dc, dkappa = (torch.zeros_like(part[0]) for part in (hs, cs, kappas))
        back = backwards(a, cs, us, dh, dc, da)
        for t in reversed(range(len(a))):
            shown[t] = dw if dws is None else dw + dws[t]
            dphi = torch.bmm(shown[t].unsqueeze(1), turned).squeeze(1)
            if dphis is not None:
                dphi += dphis[t]
            if dkappas is not None:
                dkappa += dkappas[t]
            _, sharpness, pace = _spread(asked[t])
            distances = _distances(kappas[t + 1], there)
            slope = ctx.parts[t] * dphi.unsqueeze(1)
            lean = slope * distances
            dkappa.addcmul_(sharpness, lean.sum(dim=2), value=-2)
            width = -sharpness * (lean * distances).sum(dim=2)
            torch.cat((slope.sum(dim=2), width, dkappa * pace), dim=1, out=dasked[t])
            dasked[t].mul_(asked[t] <= MOST)
            dh.addmm_(dasked[t], W)
            if dhs is not None:
                dh += dhs[t]
            if dcs is not None:
                dc += dcs[t]
            back(t)
            joint.back(da[t], below)
            dh.copy_(below[:, :D])
            dw = below[:, D:]
        of_joint = joint.gradient(da.flatten(0, 1), entered.flatten(0, 1))
        of_W = dasked.flatten(0, 1).t() @ hs[1:].flatten(0, 1)
        of_text = torch.bmm(phi.permute(1, 2, 0), shown.transpose(0, 1))
        of_weights = of_joint[:, :D], of_joint[:, D:], of_W, dasked.sum(dim=(0, 1))
        return None, None, da, of_text, *of_weights, dh, dc, dkappa, dw


def _spread(asked: Float[Tensor, "N Z"]) -> tuple[Tensor, Tensor, Tensor]:
    """log alpha, beta and how far kappa goes, [N, K] each."""
    a, b, ahead = asked.clamp_max(MOST).chunk(3, dim=1)
    return a, torch.exp(b), torch.exp(ahead)


def _distances(kappa: Float[Tensor, "N K"], there: Float[Tensor, "N U"]) -> Float[Tensor, "N K U"]:
    """From the positions 1 to U."""
    positions = torch.arange(1, there.shape[1] + 1, dtype=kappa.dtype, device=kappa.device)
    return kappa.unsqueeze(2) - positions
