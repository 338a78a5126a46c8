"""Zoneout (Krueger 2017): instead of dropping a feature of the state, keep its old value.

    in training    s_t = d * s_{t-1} + (1 - d) * s'_t,   d ~ Bernoulli(p) for each feature and step
    at inference   s_t = p * s_{t-1} + (1 - p) * s'_t,   the expectation of the line above

s' is what the cell makes of s_{t-1}. The LSTM's h and c are two states, each with draws of its own
(one p for both): h' is made from c', not from the c that was kept.

Sizes: N rows, I input features, G gate features.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.nn.cells.cell import Cell, CellState


class Zoneout(Cell):
    """Any cell, some of whose features stand still at a step."""

    def __init__(self, cell: Cell, p: float) -> None:
        super().__init__()
        self.cell = cell
        self.p = p
        self.hidden, self.gates, self.parts = cell.hidden, cell.gates, cell.parts

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        return self.cell.project(inputs)

    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        after = self.cell(projected, state)
        return tuple(self._mixed(*parts) for parts in zip(state, after, strict=True))

    def start(self, rows: int) -> CellState:
        return self.cell.start(rows)

    def _mixed(
        self, before: Float[Tensor, "N D"], after: Float[Tensor, "N D"]
    ) -> Float[Tensor, "N D"]:
        if not self.training:
            return torch.lerp(after, before, self.p)
        kept = torch.empty_like(after, dtype=torch.bool).bernoulli_(self.p)
        return torch.where(kept, before, after)
