"""The plain recurrent cell (Elman 1990).

    h_t = tanh(W x_t + R h_{t-1} + b)

Sizes: N rows, D features of the state; G = D.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.products import added


class Elman(Affine):
    """Forgets fast: the state is overwritten at every step."""

    gates = 1
    parts = 1

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        return (torch.tanh(added(projected, state[0], self.R)),)
