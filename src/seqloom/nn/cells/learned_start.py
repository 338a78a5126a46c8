"""A first state that is learnt, where otherwise it is zero: the same s_0 for every sequence.

It is for cells that nothing else starts, which are the encoder's: a decoder starts from what the
encoder read (nn/decoders/bridge.py).

Sizes: T steps, N rows, I input features, D features of the state, G gate features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.cells.cell import Cell, CellState


class LearnedStart(Cell):
    """Any cell, with a first state s_0 [D] for each part of its state."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell
        self.hidden, self.gates, self.parts = cell.hidden, cell.gates, cell.parts
        self.s_0 = nn.ParameterList([torch.zeros(cell.hidden) for _ in range(cell.parts)])

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        return self.cell.project(inputs)

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        return self.cell(projected, state)

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        return self.cell.scan(projected, state)

    def start(self, rows: int) -> CellState:
        return tuple(part.expand(rows, -1) for part in self.s_0)
