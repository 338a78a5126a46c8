"""What every recurrent cell is: an input half that sees a whole sequence at once, and a recurrent
half that goes step by step.

    project   x_1..x_T  -> W x_t + b         one product for all steps
    forward   (W x_t + b, state) -> state    what is left for the loop
    scan      forward, for all steps         a cell may know a faster way

A state is a tuple of tensors with the output h first: (h, c) for the LSTM, (h,) for the others.

Sizes: T steps, N rows, I input features, D features of the state, G gate features (a multiple of D).
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.products import linear

CellState = tuple[Tensor, ...]


class Cell(nn.Module, ABC):
    """A state that is carried from step to step."""

    hidden: int
    """D."""
    gates: int
    """Blocks of D features in a projection: G = gates * D."""
    parts: int
    """Tensors in a state."""

    @abstractmethod
    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        """The input half of as many steps as are known."""

    @abstractmethod
    def forward(self, projected: Float[Tensor, "N G"], state: CellState) -> CellState:
        """One step: from `project`ed inputs and the state before to the state after."""

    def scan(self, projected: Float[Tensor, "T N G"], state: CellState) -> CellState:
        """All steps: the states after each, stacked over time, [T, N, D] each."""
        states: list[CellState] = []
        for step in projected.unbind(0):
            state = self(step, state)
            states.append(state)
        return tuple(torch.stack(parts) for parts in zip(*states, strict=True))

    def start(self, rows: int) -> CellState:
        """The state before the first step: zeros."""
        like = next(self.parameters())
        return tuple(like.new_zeros(rows, self.hidden) for _ in range(self.parts))


def after(first: Float[Tensor, "*N"], steps: int) -> Float[Tensor, "T *N"]:
    """Room for what is there after each step, behind what was there before the first: [steps + 1, *N]."""
    states = first.new_empty(steps + 1, *first.shape)
    states[0] = first
    return states


class Affine(Cell):
    """A cell whose halves are W x + b and R h: W [G, I] and b [G], R [G, D]."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.W = nn.Parameter(torch.empty(self.gates * hidden, inputs))
        self.R = nn.Parameter(torch.empty(self.gates * hidden, hidden))
        self.b = nn.Parameter(torch.zeros(self.gates * hidden))

    def project(self, inputs: Float[Tensor, "*batch I"]) -> Float[Tensor, "*batch G"]:
        return linear(inputs, self.W, self.b)
