"""A weight, ready to be multiplied: the ways that products.py chooses from.

    Plain      as torch multiplies
    OneDNN     in float32, by oneDNN
    Bfloat16   factors and results rounded, by torch
    Tiled      factors rounded, by our own kernel (native/tiles.hpp)

Sizes: N rows, I inputs, O outputs.
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.kernel.tiles import Strided, multiply, room_for, round_weight


class Factor(ABC):
    """A weight W [O, I], ready to be multiplied. Results go to `out` where it is given."""

    def __init__(self, weight: Float[Tensor, "O I"]) -> None:
        self.weight = weight
        self._W = weight.detach()

    @abstractmethod
    def on(self, x: Float[Tensor, "N I"], out: Tensor | None = None) -> Float[Tensor, "N O"]:
        """W x for each row."""

    @abstractmethod
    def back(self, slope: Float[Tensor, "N O"], out: Tensor | None = None) -> Float[Tensor, "N I"]:
        """The gradient of x."""

    def gradient(self, slope: Float[Tensor, "N O"], x: Float[Tensor, "N I"]) -> Tensor:
        """That of W."""
        return slope.t() @ x

    def added(self, given: Float[Tensor, "N O"], x: Float[Tensor, "N I"], out: Tensor) -> None:
        """out = given + W x."""
        self.on(x, out).add_(given)

    def prepared(self, rows: Float[Tensor, "N F"]) -> Tensor:
        """What is multiplied more than once, made fit for it once."""
        return rows

    def raw(self, x: Float[Tensor, "N I"]) -> Tensor:
        """W x in the type that it comes in, [N, O]."""
        return self.on(x)


class Plain(Factor):
    """As torch multiplies."""

    def on(self, x: Float[Tensor, "N I"], out: Tensor | None = None) -> Float[Tensor, "N O"]:
        return torch.mm(x, self._W.t(), out=out)

    def back(self, slope: Float[Tensor, "N O"], out: Tensor | None = None) -> Float[Tensor, "N I"]:
        return torch.mm(slope, self._W, out=out)

    def added(self, given: Float[Tensor, "N O"], x: Float[Tensor, "N I"], out: Tensor) -> None:
        torch.addmm(given, x, self._W.t(), out=out)


class Bfloat16(Factor):
    """In bfloat16."""

    def __init__(self, weight: Float[Tensor, "O I"]) -> None:
        super().__init__(weight)
        self._W = self.prepared(self._W)

    def prepared(self, rows: Float[Tensor, "N F"]) -> Tensor:
        return rows.to(torch.bfloat16, memory_format=torch.contiguous_format)

    def raw(self, x: Float[Tensor, "N I"]) -> Tensor:
        return self.prepared(x) @ self._W.t()

    def on(self, x: Float[Tensor, "N I"], out: Tensor | None = None) -> Float[Tensor, "N O"]:
        y = self.raw(x)
        return y.float() if out is None else out.copy_(y)

    def back(self, slope: Float[Tensor, "N O"], out: Tensor | None = None) -> Float[Tensor, "N I"]:
        of_x = self.prepared(slope) @ self._W
        return of_x.float() if out is None else out.copy_(of_x)

    def gradient(self, slope: Float[Tensor, "N O"], x: Float[Tensor, "N I"]) -> Tensor:
        return (self.prepared(slope).t() @ self.prepared(x)).float()


class Tiled(Factor):
    """In bfloat16, by the compiled library."""

    def __init__(self, weight: Float[Tensor, "O I"]) -> None:
        super().__init__(weight)
        self._on: Tensor | None = None
        self._back: Tensor | None = None

    def on(self, x: Float[Tensor, "N I"], out: Tensor | None = None) -> Float[Tensor, "N O"]:
        if self._on is None:
            self._on = _tiles(self._W)
        return _product(self._on, len(self._W), x, None, out)

    def back(self, slope: Float[Tensor, "N O"], out: Tensor | None = None) -> Float[Tensor, "N I"]:
        if self._back is None:
            self._back = _tiles(self._W.t())
        return _product(self._back, self._W.shape[1], slope, None, out)

    def gradient(self, slope: Float[Tensor, "N O"], x: Float[Tensor, "N I"]) -> Tensor:
        return _product(_tiles(x.t()), x.shape[1], slope.t(), None, None)

    def added(self, given: Float[Tensor, "N O"], x: Float[Tensor, "N I"], out: Tensor) -> None:
        if self._on is None:
            self._on = _tiles(self._W)
        _product(self._on, len(self._W), x, given, out)


def _tiles(weight: Float[Tensor, "O I"]) -> Tensor:
    """Rounded, as the kernel wants it."""
    weight = _strided(weight)
    tiles = weight.new_empty(room_for(len(weight), weight.shape[1]), dtype=torch.int16)
    outputs, inputs = weight.shape
    round_weight(_placed(weight), outputs, inputs, tiles.data_ptr(), torch.get_num_threads())
    return tiles


def _product(
    tiles: Tensor, outputs: int, x: Float[Tensor, "N I"], given: Tensor | None, out: Tensor | None
) -> Float[Tensor, "N O"]:
    """given + W x, in `out` if it is there."""
    x, given = _strided(x.float()), None if given is None else given.contiguous()
    rows, inputs = x.shape
    direct = out is not None and out.is_contiguous()
    y = out if out is not None and direct else x.new_empty(rows, outputs)
    added = None if given is None else given.data_ptr()
    at, threads = _placed(x), torch.get_num_threads()
    multiply(tiles.data_ptr(), outputs, inputs, at, rows, added, y.data_ptr(), threads)
    return y if out is None or direct else out.copy_(y)


def _placed(matrix: Tensor) -> Strided:
    step, inner_step = matrix.stride()
    return Strided(matrix.data_ptr(), step, inner_step)


def _strided(matrix: Tensor) -> Tensor:
    """With lines or columns that stand side by side."""
    return matrix if 1 in matrix.stride() else matrix.contiguous()


class OneDNN(Factor):
    """In float32, by oneDNN."""

    def on(self, x: Float[Tensor, "N I"], out: Tensor | None = None) -> Float[Tensor, "N O"]:
        y = torch.ops.mkldnn._linear_pointwise(x, self._W, None, "none", [], "")
        return y if out is None else out.copy_(y)

    def back(self, slope: Float[Tensor, "N O"], out: Tensor | None = None) -> Float[Tensor, "N I"]:
        of_x = torch.ops.mkldnn._linear_pointwise(slope, self._W.t(), None, "none", [], "")
        return of_x if out is None else out.copy_(of_x)
