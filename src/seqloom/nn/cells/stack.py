"""Stacks of recurrent layers over a padded batch, in one direction or in both.

    o_l = h_l              what layer l hands on
    o_l = h_l + o_{l-1}    from the first residual layer on (Wu 2016, eq. 6)
    x_l,i = [o_{l-1},2i ; o_{l-1},2i+1]    what a layer reads whose input is joined in twos (Chan 2016,
                           eq. 5); a step that a row has not is zeros

Padding stands at the end, so a forward layer never sees it before the real positions. A backward
layer reads each row last to first: the real positions are reversed by an index, the padding stays.

Sizes: T steps, N rows, I input features, D features of one direction, H of the layer's output, P groups
of k steps.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.cells.cell import Cell, CellState
from seqloom.nn.dropout import Dropout

LastStates = list[CellState]
"""For each layer the state after the last real position, [N, H] each part."""


class Stack(nn.Module):
    """Layers of forward cells, of which the lowest may have a backward one beside each; `residual`
    is the first layer, counted from 1, whose input is added to its output; `joins` says how many
    neighbouring steps are joined above each layer, the lowest first."""

    def __init__(
        self,
        forwards: list[Cell],
        backwards: list[Cell],
        dropout: Dropout,
        residual: int | None = None,
        joins: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.forwards = nn.ModuleList(forwards)
        self.backwards = nn.ModuleList(backwards)
        self.dropout = dropout
        self.residual = residual
        self.joins = tuple(joins)

    def lengths(self, lengths: Int[Tensor, " N"]) -> Int[Tensor, " N"]:
        """How many positions come out of so many steps."""
        for count in self.joins:
            lengths = shortened(lengths, count)
        return lengths

    @property
    def cells(self) -> list[Cell]:
        """The forward cells, the lowest first."""
        return [cell for cell in self.forwards if isinstance(cell, Cell)]

    def forward(
        self, sequence: Float[Tensor, "T N I"], lengths: Int[Tensor, " N"]
    ) -> tuple[Float[Tensor, "P N H"], LastStates]:
        last: LastStates = []
        mirror = mirrored(lengths, sequence.shape[0]) if len(self.backwards) else None
        for layer, cell in enumerate(self.forwards):
            if 0 < layer <= len(self.joins):
                sequence = joined(sequence, lengths, self.joins[layer - 1])
                lengths = shortened(lengths, self.joins[layer - 1])
                mirror = mirrored(lengths, len(sequence)) if len(self.backwards) else None
            below = self.dropout(sequence)
            states = run(cell, below)
            ends = final(states, lengths)
            outputs = states[0]
            if mirror is not None and layer < len(self.backwards):
                back = run(self.backwards[layer], reversed_rows(below, mirror))
                outputs = torch.cat([outputs, reversed_rows(back[0], mirror)], dim=2)
                ends = tuple(
                    torch.cat(pair, dim=1) for pair in zip(ends, final(back, lengths), strict=True)
                )
            sequence = outputs + sequence if adds(layer, self.residual) else outputs
            last.append(ends)
        return sequence, last


def joined(
    sequence: Float[Tensor, "T N H"], lengths: Int[Tensor, " N"], count: int
) -> Float[Tensor, "P N kH"]:
    """Each `count` neighbouring steps side by side. Padding is made zeros first: a row's last group may
    have some in it, and has zeros where the row stands alone."""
    step = torch.arange(len(sequence), device=sequence.device).unsqueeze(1)
    sequence = sequence.masked_fill((step >= lengths).unsqueeze(2), 0.0)
    missing = -len(sequence) % count
    sequence = torch.nn.functional.pad(sequence, (0, 0, 0, 0, 0, missing))
    _, rows, features = sequence.shape
    groups = sequence.view(-1, count, rows, features).transpose(1, 2)
    return groups.reshape(-1, rows, count * features)


def shortened(lengths: Int[Tensor, " N"], count: int) -> Int[Tensor, " N"]:
    """How many groups so many steps make."""
    return (lengths + count - 1) // count


def adds(layer: int, residual: int | None) -> bool:
    """Whether a layer, counted from 0, adds its input to its output."""
    return residual is not None and layer + 1 >= residual


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
