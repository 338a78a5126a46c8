"""What every recurrent cell is: an input half that sees a whole sequence at once, and a recurrent
half that goes step by step.

    project   x_1..x_T  -> W x_t + b         one product for all steps
    forward   (W x_t + b, state) -> state    what is left for the loop

A state is a tuple of tensors with the output h first: (h, c) for the LSTM, (h,) for the others.

Sizes: T steps, N rows, I input features, D features of the state, G gate features (a multiple of D).
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

CellState = tuple[Tensor, ...]


class Cell(nn.Module, ABC):
    """W [G, I] and b [G] belong to the input half, R [G, D] to the recurrent half."""

    gates: int
    """Blocks of D features in a projection."""
    parts: int
    """Tensors in a state."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.W = nn.Parameter(torch.empty(self.gates * hidden, inputs))
        self.R = nn.Parameter(torch.empty(self.gates * hidden, hidden))
        self.b = nn.Parameter(torch.zeros(self.gates * hidden))

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        """The input half, W x + b, of as many steps as are known."""
        return nn.functional.linear(inputs, self.W, self.b)

    @abstractmethod
    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        """One step: from `project`ed inputs and the state before to the state after."""

    @abstractmethod
    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        """All steps: the states after each, stacked over time, [T, N, D] each."""

    def start(self, rows: int) -> CellState:
        """The state before the first step: zeros."""
        return tuple(self.R.new_zeros(rows, self.hidden) for _ in range(self.parts))
