"""Matrix products with weights, which training spends most of its time in, and how they are taken.

    float32     by torch; by oneDNN, which torch brings along, for large weights on AMD's AVX-512, where
                the library that torch asks otherwise (MKL) uses half of the processor
    bfloat16    factors are rounded to 8 bits of mantissa, sums are 32 bits long (Kalamkar 2019; the mixed
                precision of Micikevicius 2018 without its loss scaling, as the exponent keeps its 8 bits);
                by our own kernel where the processor has matrix tiles, else by torch, which rounds the
                results as well

In bfloat16 everything that is not a product with a weight (gates, attention, softmax, losses, the weights
themselves and their updates) stays in 32 bits. Where the processor multiplies it, that is two to three
times as fast; the precision is chosen around a loss, and its way back keeps to it.

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

from seqloom.kernel.tiles import rounds
from seqloom.nn.factors import Bfloat16, Factor, OneDNN, Plain, Tiled
from seqloom.nn.processor import left_half_used

_SMALL = 64
"""Weights with a side below this gain nothing from bfloat16."""
_LARGE = 1 << 19
"""Numbers in a weight from which on oneDNN gains more than it costs to hand over."""

_rounded: ContextVar["dict[tuple[int, ...], Factor] | None"] = ContextVar("rounded", default=None)
"""The weights that were rounded since bfloat16 was chosen, by where they stand; None in float32."""


@contextmanager
def products_in(precision: torch.dtype) -> Generator[None]:
    """Products with weights are taken so within, and on the way back from what was computed within."""
    token = _rounded.set({} if precision == torch.bfloat16 else None)
    try:
        yield
    finally:
        _rounded.reset(token)


def factor(weight: Float[Tensor, "O I"]) -> Factor:
    """As was chosen, and as the machine likes it."""
    if weight.dtype != torch.float32:
        return Plain(weight)
    known = _rounded.get()
    if known is not None and min(weight.shape) >= _SMALL:
        place = weight.data_ptr(), *weight.shape, *weight.stride()
        if place not in known:  # a factor keeps its weight, so that no other comes to stand there
            known[place] = Tiled(weight) if _by_tiles(weight) else Bfloat16(weight)
        return known[place]
    large = torch.is_grad_enabled() and weight.numel() >= _LARGE
    gains = large and weight.device.type == "cpu" and left_half_used()
    return OneDNN(weight) if gains else Plain(weight)


def _by_tiles(weight: Tensor) -> bool:
    return weight.device.type == "cpu" and rounds()


def linear(
    x: Float[Tensor, "*batch I"],
    weight: Float[Tensor, "O I"],
    bias: Float[Tensor, " O"] | None = None,
) -> Float[Tensor, "*batch O"]:
    """W x + b."""
    ready = factor(weight)
    if isinstance(ready, Plain):
        return nn.functional.linear(x, weight, bias)
    return _Linear.apply(x, weight, bias, ready)  # pyright: ignore[reportReturnType]


def added(
    given: Float[Tensor, "N O"], x: Float[Tensor, "N I"], weight: Float[Tensor, "O I"]
) -> Float[Tensor, "N O"]:
    """given + W x."""
    if isinstance(factor(weight), Plain):
        return torch.addmm(given, x, weight.t())
    return given + linear(x, weight)


class Linear(nn.Linear):
    """Torch's, by way of `linear`."""

    def forward(self, input: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch O"]:
        return linear(input, self.weight, self.bias)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, ready: Factor) -> Tensor:
        rows = ready.prepared(_rows(x))
        ctx.save_for_backward(rows, weight)  # the weight, so that torch sees if it was changed
        ctx.weight = ready
        y = ready.on(rows)
        y = y if bias is None else y.add_(bias)
        return y.view(*x.shape[:-1], len(weight))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        (rows, _), weight, given = ctx.saved_tensors, ctx.weight, _rows(grad_outputs[0])
        wants_x, wants_weight, wants_bias, _ = ctx.needs_input_grad
        slope = weight.prepared(given)
        of_x = (
            weight.back(slope).view(*grad_outputs[0].shape[:-1], rows.shape[1]) if wants_x else None
        )
        of_weight = weight.gradient(slope, rows) if wants_weight else None
        return of_x, of_weight, given.sum(dim=0) if wants_bias else None, None


def _rows(x: Float[Tensor, "*batch I"]) -> Float[Tensor, "N I"]:
    """One behind the other."""
    return x.contiguous().flatten(0, -2)
