"""Stacks of recurrent layers over a padded batch, in one direction or in both.

Padding stands at the end, so a forward layer never sees it before the real positions. A backward
layer reads each row last to first: the real positions are reversed by an index, the padding stays.

Sizes: T steps, N rows, I input features, D features of one direction, H of the layer's output.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.cells.cell import Cell, CellState
from seqloom.nn.dropout import Dropout

LastStates = list[CellState]
"""For each layer the state after the last real position, [N, H] each part."""


class Stack(nn.Module):
    """Layers of forward cells and, where there are two directions, of as many backward ones."""

    def __init__(self, forwards: list[Cell], backwards: list[Cell], dropout: Dropout) -> None:
        super().__init__()
        self.forwards = nn.ModuleList(forwards)
        self.backwards = nn.ModuleList(backwards)
        self.dropout = dropout

    def forward(
        self, sequence: Float[Tensor, "T N I"], lengths: Int[Tensor, " N"]
    ) -> tuple[Float[Tensor, "T N H"], LastStates]:
        last: LastStates = []
        mirror = mirrored(lengths, sequence.shape[0]) if len(self.backwards) else None
        for layer, cell in enumerate(self.forwards):
            sequence = self.dropout(sequence)
            states = run(cell, sequence)
            ends = final(states, lengths)
            outputs = states[0]
            if mirror is not None:
                back = run(self.backwards[layer], reversed_rows(sequence, mirror))
                outputs = torch.cat([outputs, reversed_rows(back[0], mirror)], dim=2)
                ends = tuple(
                    torch.cat(pair, dim=1) for pair in zip(ends, final(back, lengths), strict=True)
                )
            sequence = outputs
            last.append(ends)
        return sequence, last


def run(cell: nn.Module, sequence: Float[Tensor, "T N I"]) -> CellState:
    """The states of one cell over a sequence, from zeros."""
    assert isinstance(cell, Cell)
    return cell.scan(cell.project(sequence), cell.start(sequence.shape[1]))


def final(states: CellState, lengths: Int[Tensor, " N"]) -> CellState:
    """The state of each row after its last real position."""
    rows = torch.arange(len(lengths), device=lengths.device)
    return tuple(part[lengths - 1, rows] for part in states)


def mirrored(lengths: Int[Tensor, " N"], steps: int) -> Int[Tensor, "T N"]:
    """For each row the positions that reverse its real part and leave its padding in place."""
    step = torch.arange(steps, device=lengths.device).unsqueeze(1)
    return torch.where(step < lengths, lengths - 1 - step, step)


def reversed_rows(
    sequence: Float[Tensor, "T N D"], mirror: Int[Tensor, "T N"]
) -> Float[Tensor, "T N D"]:
    """Each row read by its mirror; applied twice it gives the sequence back."""
    return sequence.gather(0, mirror.unsqueeze(2).expand_as(sequence))
