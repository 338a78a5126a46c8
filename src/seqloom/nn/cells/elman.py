"""The plain recurrent cell (Elman 1990).

    h_t = tanh(W x_t + R h_{t-1} + b)

Sizes: T steps, N rows, D features of the state; G = D.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.cells.cell import Cell, CellState


class Elman(Cell):
    """Forgets fast: the state is overwritten at every step."""

    gates = 1
    parts = 1

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        return (torch.tanh(torch.addmm(projected, state[0], self.R.t())),)

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        outputs: list[Tensor] = []
        for step in projected.unbind(0):
            state = self(step, state)
            outputs.append(state[0])
        return (torch.stack(outputs),)
