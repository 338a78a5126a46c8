"""Matrix products, which training spends most of its time in, and the precision they are taken in.

    float32     as torch takes them
    bfloat16    factors and results are rounded to 8 bits of mantissa, sums are 32 bits long
                (Kalamkar 2019; the mixed precision of Micikevicius 2018 without its loss scaling, as the
                exponent keeps its 8 bits)

Everything that is not a product of weights (gates, attention, softmax, losses, the weights themselves
and their updates) stays in 32 bits. Where the processor multiplies bfloat16, that is two to three times
as fast; the precision is chosen around a loss, and its way back keeps to it.

Sizes: N rows, I inputs, O outputs.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

_SMALL = 64
"""Weights with a side below this gain nothing."""

_rounded: ContextVar[dict[int, tuple[Tensor, Tensor]] | None] = ContextVar("rounded", default=None)
"""The weights that were rounded since bfloat16 was chosen, by their ids; None in float32."""


@contextmanager
def products_in(precision: torch.dtype) -> Generator[None]:
    """Products of weights are taken so within, and on the way back from what was computed within."""
    token = _rounded.set({} if precision == torch.bfloat16 else None)
    try:
        yield
    finally:
        _rounded.reset(token)


def rounded(weight: Float[Tensor, "O I"]) -> Tensor | None:
    """The weight in bfloat16, made once, if its products are to be taken so; else None."""
    known = _rounded.get()
    if known is None or weight.dtype != torch.float32 or min(weight.shape) < _SMALL:
        return None
    if id(weight) not in known:  # kept together, so that no other tensor takes the id
        known[id(weight)] = weight, weight.detach().bfloat16()
    return known[id(weight)][1]


def linear(
    x: Float[Tensor, "*batch I"],
    weight: Float[Tensor, "O I"],
    bias: Float[Tensor, " O"] | None = None,
) -> Float[Tensor, "*batch O"]:
    """W x + b, in the precision that was chosen."""
    short = rounded(weight)
    if short is None:
        return nn.functional.linear(x, weight, bias)
    return _Linear.apply(x, weight, bias, short)  # pyright: ignore[reportReturnType]


def added(
    given: Float[Tensor, "N O"], x: Float[Tensor, "N I"], weight: Float[Tensor, "O I"]
) -> Float[Tensor, "N O"]:
    """given + W x."""
    if rounded(weight) is None:
        return torch.addmm(given, x, weight.t())
    return given + linear(x, weight)


class Linear(nn.Linear):
    """Torch's, in the precision that was chosen."""

    def forward(self, input: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch O"]:
        return linear(input, self.weight, self.bias)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, short: Tensor) -> Tensor:
        rows = _rows(x)
        ctx.save_for_backward(rows, short)
        y = (rows @ short.t()).float()
        y = y if bias is None else y.add_(bias)
        return y.view(*x.shape[:-1], len(short))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        rows, short = ctx.saved_tensors
        (given,) = grad_outputs
        wants_x, wants_weight, wants_bias, _ = ctx.needs_input_grad
        slope = _rows(given)
        of_x = (slope @ short).float().view(*given.shape[:-1], -1) if wants_x else None
        of_weight = (slope.t() @ rows).float() if wants_weight else None
        of_bias = given.flatten(0, -2).sum(dim=0) if wants_bias else None
        return of_x, of_weight, of_bias, None


def _rows(x: Float[Tensor, "*batch I"]) -> Float[Tensor, "N I"]:
    """Rounded, one behind the other."""
    return x.to(torch.bfloat16, memory_format=torch.contiguous_format).view(-1, x.shape[-1])


class Recurrence:
    """R h at every step of a scan, and what goes back through it."""

    def __init__(self, R: Float[Tensor, "O I"], short: Tensor | None) -> None:
        self._R = R if short is None else short
        self._short = short is not None

    def added(self, given: Tensor, h: Tensor, out: Tensor) -> None:
        """out = given + R h."""
        if self._short:
            out.copy_(h.bfloat16() @ self._R.t()).add_(given)
        else:
            torch.addmm(given, h, self._R.t(), out=out)

    def on(self, h: Tensor, out: Tensor) -> None:
        """out = R h."""
        if self._short:
            out.copy_(h.bfloat16() @ self._R.t())
        else:
            torch.mm(h, self._R.t(), out=out)

    def back(self, slope: Tensor, out: Tensor, keep: float = 0.0) -> None:
        """out = slope R + keep out."""
        if not self._short:
            torch.addmm(out, slope, self._R, beta=keep, out=out)
        elif keep:
            out.mul_(keep).add_(slope.bfloat16() @ self._R)
        else:
            out.copy_(slope.bfloat16() @ self._R)

    def gradient(self, slopes: Float[Tensor, "T N O"], hs: Float[Tensor, "T N I"]) -> Tensor:
        """Of R, over all steps."""
        flat, rows = slopes.flatten(0, 1), hs.flatten(0, 1)
        if self._short:
            return (flat.bfloat16().t() @ rows.bfloat16()).float()
        return flat.t() @ rows
