"""The recurrent layers inside a decoder, which run either over a whole target or step by step.

The input half of the first layer is taken apart from the rest, because a decoder may add to it what
is only known at the step: the context, or the attentional state before. So may it with the layers
above, by `more`: one addition to the gates of each.

    o_l = h_l              what layer l hands on
    o_l = h_l + o_{l-1}    from the first residual layer on (Wu 2016, eq. 6)

Sizes: T target length, N rows, I input features, D state, G gate features.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.cells.cell import Cell, CellState
from seqloom.nn.cells.stack import adds
from seqloom.nn.dropout import Dropout

Noise = list[Tensor | None]
"""Dropout factors for the input of each layer but the first, [T, N, D] each."""


class Layers(nn.Module):
    """A stack of forward cells whose states are one flat tuple of tensors; `residual` is the first
    layer, counted from 1 and above the lowest, whose input is added to its output."""

    def __init__(self, cells: list[Cell], dropout: Dropout, residual: int | None = None) -> None:
        super().__init__()
        self.cells = nn.ModuleList(cells)
        self.dropout = dropout
        self.residual = residual
        self.first = cells[0]
        self.hidden = cells[0].hidden
        self.parts = sum(cell.parts for cell in cells)

    def split(self, state: CellState) -> list[CellState]:
        """The flat tuple as one state a layer."""
        groups: list[CellState] = []
        for cell in self.cells:
            assert isinstance(cell, Cell)
            groups.append(state[: cell.parts])
            state = state[cell.parts :]
        return groups

    def top(self, state: CellState) -> Float[Tensor, "N D"]:
        """What the last layer hands on: written out, o_L = h_L + .. + h_k, where k stands below the
        first residual layer."""
        output, *above = (part[0] for part in self.split(state))
        for layer, h in enumerate(above, start=1):
            output = h + output if adds(layer, self.residual) else h
        return output

    def project(self, embedded: Float[Tensor, "T N I"]) -> Float[Tensor, "T N G"]:
        """The input half of the first layer for all steps."""
        return self.first.project(self.dropout(embedded))

    def noise(self, projected: Float[Tensor, "T N G"]) -> Noise:
        """Dropout factors for the layers above the first, drawn for all steps at once."""
        like = projected[..., : self.hidden]
        return [self.dropout.noise(like) for _ in range(len(self.cells) - 1)]

    def step(
        self,
        projected: Float[Tensor, "N G"],
        state: CellState,
        noise: Noise,
        t: int,
        more: Sequence[Float[Tensor, "N G"]] = (),
    ) -> CellState:
        """All layers, one step."""
        states = self.split(state)
        new = self.first(projected, states[0])
        out, below = list(new), new[0]
        for layer, (before, factors) in enumerate(zip(states[1:], noise, strict=True), start=1):
            entering = below if factors is None else below * factors[t]
            new = self._cell(layer)(self._gates(layer, entering, more), before)
            below = new[0] + below if adds(layer, self.residual) else new[0]
            out.extend(new)
        return tuple(out)

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> Float[Tensor, "T N D"]:
        """All layers, all steps; the outputs of the last layer."""
        return self.above(self.first.scan(projected, self.split(state)[0])[0], state)

    def above(
        self,
        outputs: Float[Tensor, "T N D"],
        state: CellState,
        more: Sequence[Float[Tensor, "T N G"]] = (),
    ) -> Float[Tensor, "T N D"]:
        """All steps of the layers above the first, whose outputs are known."""
        for layer, before in enumerate(self.split(state)[1:], start=1):
            gates = self._gates(layer, self.dropout(outputs), more)
            new = self._cell(layer).scan(gates, before)[0]
            outputs = new + outputs if adds(layer, self.residual) else new
        return outputs

    def _cell(self, layer: int) -> Cell:
        cell = self.cells[layer]
        assert isinstance(cell, Cell)
        return cell

    def _gates(
        self,
        layer: int,
        entering: Float[Tensor, "*steps N D"],
        more: Sequence[Float[Tensor, "*steps N G"]],
    ) -> Float[Tensor, "*steps N G"]:
        """The input half of a layer above the first."""
        projected = self._cell(layer).project(entering)
        return projected + more[layer - 1] if more else projected


def per_row(fixed: Float[Tensor, "B *rest"], rows: int) -> Float[Tensor, "N *rest"]:
    """What belongs to a source, repeated for each of its hypotheses."""
    return fixed if len(fixed) == rows else torch.repeat_interleave(fixed, rows // len(fixed), 0)
