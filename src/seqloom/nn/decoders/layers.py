"""The recurrent layers inside a decoder, which run either over a whole target or step by step.

The input half of the first layer is taken apart from the rest, because a decoder may add to it what
is only known at the step: the context, or the attentional state before.

Sizes: T target length, N rows, I input features, D state, G gate features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.cells.cell import Cell, CellState
from seqloom.nn.dropout import Dropout

Noise = list[Tensor | None]
"""Dropout factors for the input of each layer but the first, [T, N, D] each."""


class Layers(nn.Module):
    """A stack of forward cells whose states are one flat tuple of tensors."""

    def __init__(self, cells: list[Cell], dropout: Dropout) -> None:
        super().__init__()
        self.cells = nn.ModuleList(cells)
        self.dropout = dropout
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
        """The output of the last layer."""
        return self.split(state)[-1][0]

    def project(self, embedded: Float[Tensor, "T N I"]) -> Float[Tensor, "T N G"]:
        """The input half of the first layer for all steps."""
        return self.first.project(self.dropout(embedded))

    def noise(self, projected: Float[Tensor, "T N G"]) -> Noise:
        """Dropout factors for the layers above the first, drawn for all steps at once."""
        like = projected[..., : self.hidden]
        return [self.dropout.noise(like) for _ in range(len(self.cells) - 1)]

    def step(
        self, projected: Float[Tensor, "N G"], state: CellState, noise: Noise, t: int
    ) -> CellState:
        """All layers, one step."""
        states = self.split(state)
        new = self.first(projected, states[0])
        out: list[Tensor] = list(new)
        for cell, before, factors in zip(self.cells[1:], states[1:], noise, strict=False):
            below = new[0] if factors is None else new[0] * factors[t]
            new = cell(cell.project(below), before)  # pyright: ignore[reportCallIssue]
            out.extend(new)
        return tuple(out)

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> Float[Tensor, "T N D"]:
        """All layers, all steps; the outputs of the last layer."""
        states = self.split(state)
        outputs = self.first.scan(projected, states[0])[0]
        for cell, before in zip(self.cells[1:], states[1:], strict=True):
            assert isinstance(cell, Cell)
            outputs = cell.scan(cell.project(self.dropout(outputs)), before)[0]
        return outputs


def per_row(fixed: Float[Tensor, "B *rest"], rows: int) -> Float[Tensor, "N *rest"]:
    """What belongs to a source, repeated for each of its hypotheses."""
    return fixed if len(fixed) == rows else torch.repeat_interleave(fixed, rows // len(fixed), 0)
