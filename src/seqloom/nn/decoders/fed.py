"""Luong's decoder with input feeding, compiled as a whole (native/fed.hpp): LSTM layers, attention by
products, in float32, or in bfloat16 by the processor's matrix tiles. The same sums as luong.py's loop, but
a thread takes its rows through all steps before it meets another, and each weight's gradient is one product
of all steps.

Sizes: T target length, N rows, S source length, D state, G = 4 D, H source features, C = H + D.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqloom.kernel.fed import Fed, FedLayer, fed_back, fed_on
from seqloom.nn.attention.attention import Attention, Memory
from seqloom.nn.attention.content import Content
from seqloom.nn.cells.cell import after
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.compiled import whole
from seqloom.nn.decoders.layers import Layers, Noise
from seqloom.nn.factors import Factor, Tiled
from seqloom.nn.products import factor


def fits(layers: Layers, attention: Attention, projected: Float[Tensor, "T N G"]) -> bool:
    """Whether this decoder is such a one."""
    if not isinstance(attention, Content) or not attention.score.products or layers.residual:
        return False
    cells = [cell for cell in layers.cells if type(cell) is LSTM and cell.hidden == layers.hidden]
    return len(cells) == len(layers.cells) and whole(projected, cells[0].R)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What has no gradient: how products are taken, the padding, and the factors of dropout."""

    products: Factor
    padding: Float[Tensor, "N S"]
    noise: Noise
    kept: Float[Tensor, "T N D"] | None


def all_steps(
    layers: Layers,
    feed: Float[Tensor, "G D"],
    W_c: Float[Tensor, "D C"],
    memory: Memory,
    projected: Float[Tensor, "T N G"],
    state: tuple[Tensor, ...],
    noise: Noise,
    kept: Float[Tensor, "T N D"] | None,
) -> tuple[Float[Tensor, "T N D"], Float[Tensor, "T N S"]]:
    """Attentional states and weights."""
    weights: list[Tensor] = []
    for cell in layers.cells:
        assert isinstance(cell, LSTM)
        weights += [cell.R, cell.W, cell.b] if weights else [cell.R]
    factors = [_flat(n) for n in noise], _flat(kept)
    fixed = Fixed(factor(weights[0]), memory.padding.contiguous(), *factors)
    given = (projected, memory.keys, memory.values, feed, W_c, *state, *weights)
    return _Fed.apply(fixed, *(part.contiguous() for part in given))  # pyright: ignore[reportReturnType]


_Back = tuple[Tensor, Tensor, Tensor]
"""Of a layer: da of all steps; dh and dc, in the end of the states before the first."""
_GIVEN = 5
"""Tensors in front of the states."""


@dataclass(slots=True)
class _Layer:
    """One layer of LSTM cells: its weights (W and b None in the lowest), and what it went through."""

    R: Tensor
    W: Tensor | None
    b: Tensor | None
    noise: Tensor | None
    entering: Tensor | None
    a: Tensor
    hs: Tensor
    cs: Tensor
    us: Tensor

    def described(self, back: _Back | None) -> FedLayer:
        da, dh, dc = back or (None, None, None)
        return FedLayer(
            *map(_address, (self.R, self.W, self.b, self.noise)),
            _step(self.noise),
            *map(_address, (self.entering, self.a, self.hs, self.cs, self.us, da, dh, dc)),
        )


@dataclass(slots=True, weakref_slot=True)
class _Loop:
    """The decoder and what it went through: `paid` are the weights of the attention."""

    fixed: Fixed
    layers: list[_Layer]
    z: Tensor | None
    s: Tensor
    paid: Tensor
    contexts: Tensor

    @classmethod
    def before(cls, fixed: Fixed, projected: Tensor, values: Tensor, rest: list[Tensor]) -> "_Loop":
        """From the states before the first step and the weights of the layers, with room for all steps."""
        T, count = len(projected), len(fixed.noise) + 1
        weights, layers = rest[2 * count + 1 :], list[_Layer]()
        for layer, noise in enumerate((None, *fixed.noise)):
            R, W, b = weights[3 * layer - 2 : 3 * layer + 1] if layer else (weights[0], None, None)
            hs, cs = (after(state, T) for state in rest[2 * layer : 2 * layer + 2])
            entering = None if noise is None else torch.empty_like(hs[1:])
            a, us = torch.empty_like(projected), torch.empty_like(hs[1:])
            layers.append(_Layer(R, W, b, noise, entering, a, hs, cs, us))
        s = after(rest[2 * count], T)
        z = None if fixed.kept is None else torch.empty_like(s[1:])
        rows, S, H = values.shape
        room = projected.new_empty(T, rows, S), projected.new_empty(T, rows, H)
        return cls(fixed, layers, z, s, *room)

    def described(
        self, given: Sequence[Tensor], backs: Sequence[_Back | None], back: Sequence[Tensor | None]
    ) -> Fed:
        """With projected, keys, values, F and W_c; where there is none yet, `back` is empty."""
        projected, keys, values, F, W_c = given
        (T, N, _), (_, S, H), D = projected.shape, values.shape, self.s.shape[2]
        layers = [*map(_Layer.described, self.layers, backs)]
        return Fed(
            *(T, N, S, D, H, len(layers), torch.get_num_threads()),
            isinstance(self.fixed.products, Tiled),
            *map(_address, (F, W_c, projected, keys, values, self.fixed.padding, self.fixed.kept)),
            _step(self.fixed.kept),
            (FedLayer * len(layers))(*layers),
            *map(_address, (self.z, self.s, self.paid, self.contexts, *back)),
        )


class _Fed(torch.autograd.Function):
    """Tensors: projected, keys, values, F, W_c; h and c of each layer, s~; R of the lowest layer, and
    R, W, b of each above."""

    @staticmethod
    def forward(ctx: Any, fixed: Fixed, *given: Tensor) -> tuple[Tensor, Tensor]:
        loop = _Loop.before(fixed, given[0], given[2], [*given[_GIVEN:]])
        fed_on(loop.described(given[:_GIVEN], [None] * len(loop.layers), ()))
        ctx.save_for_backward(*given)
        ctx.loop = loop
        ctx.set_materialize_grads(False)
        paid, loop.paid = (
            loop.paid,
            loop.paid.detach(),
        )  # what is handed out must not be kept: it keeps us
        return loop.s[1:], paid

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        given, loop = ctx.saved_tensors[:_GIVEN], ctx.loop
        ds, dpaid = (None if part is None else part.contiguous() for part in grad_outputs)
        ds = torch.zeros_like(loop.s[1:]) if ds is None else ds
        none = loop.s[0]
        backs = [
            (torch.empty_like(layer.a), torch.zeros_like(none), torch.zeros_like(none))
            for layer in loop.layers
        ]
        dkeys, dvalues = (torch.zeros_like(part) for part in given[1:3])
        dz, dfed = torch.empty_like(ds), torch.zeros_like(none)
        fed_back(loop.described(given, backs, (ds, dpaid, dz, dkeys, dvalues, dfed)))
        gradient = partial(_gradient, loop.fixed.products)
        asked = (loop.contexts, loop.layers[-1].hs[1:])
        dW_c = torch.cat(gradient(dz, *asked), dim=1)
        dstates = [part for _, dh, dc in backs for part in (dh, dc)]
        dF, *dweights = gradient(backs[0][0], loop.s[:-1], loop.layers[0].hs[:-1])
        for below, layer, (da, _, _) in zip(loop.layers, loop.layers[1:], backs[1:], strict=False):
            entered = below.hs[1:] if layer.entering is None else layer.entering
            dweights += [*gradient(da, layer.hs[:-1], entered), da.sum((0, 1))]
        return None, backs[0][0], dkeys, dvalues, dF, dW_c, *dstates, dfed, *dweights


def _gradient(products: Factor, sums: Tensor, *entered: Tensor) -> list[Tensor]:
    """Of weights that all steps share, from the gradients of their results [T, N, O] and what each was
    multiplied with [T, N, I]: one product."""
    slope = products.prepared(sums.flatten(0, 1))
    return [products.gradient(slope, part.flatten(0, 1)) for part in entered]


def _address(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()


def _step(noise: Tensor | None) -> int:
    """From one step's factors to the next's; 0 if all steps share theirs."""
    return 0 if noise is None else noise.stride(0)


def _flat(noise: Tensor | None) -> Tensor | None:
    """Factors of a step one behind the other, of which all steps may share the first."""
    if noise is None or noise[0].is_contiguous():
        return noise
    return noise.contiguous()
