"""The deep recurrent net of Graves 2013 with its skip connections, over a sequence that is known.

    h^1_t = H(W x_t + R h^1_{t-1})                                  eq. 1, the lowest layer
    h^n_t = H(W [x_t ; h^{n-1}_t] + R h^n_{t-1})                    eq. 2, the layers above
    f_t   = [h^1_t ; ... ; h^N_t]                                   what eq. 3 reads

Without skip connections a layer reads the one below only, and f_t = h^N_t. With a soft window over a
text (section 5.1) the lowest layer also reads what the window showed at the step before, and all others
what it shows now:

    h^1_t = H(W x_t + U w_{t-1} + R h^1_{t-1})      w_t = window(h^1_t)                eq. 52
    h^n_t = H(W [x_t ; w_t ; h^{n-1}_t] + R h^n_{t-1})                                 eq. 53

Layers run over time one after the other, each with the input half of all steps in one product. Only the
layer that the window feeds goes step by step; windowed.py does the same for LSTM cells, with the way back
written out.

Sizes: T steps, N rows, I input features, D features of a layer, E features of the window, U characters,
H features of f_t.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.nn.attention.attention import Memory
from seqloom.nn.attention.window import SoftWindow
from seqloom.nn.cells.cell import Cell, CellState
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.dropout import Dropout
from seqloom.nn.products import Linear
from seqloom.nn.windowed import Weights, all_steps


class WindowState(NamedTuple):
    """Where the window stands and what it shows: kappa [N, K], w [N, E]."""

    kappa: Tensor
    shown: Tensor


class NetState(NamedTuple):
    """Before a step, or after each of several: then all tensors have the steps first."""

    cells: tuple[CellState, ...]
    window: WindowState | None

    def each(self, change: Callable[[Tensor], Tensor]) -> "NetState":
        """The same with every tensor changed."""
        cells = tuple(tuple(change(part) for part in state) for state in self.cells)
        return NetState(cells, self.window and WindowState(*map(change, self.window)))


class Reading(NamedTuple):
    """features [T, N, H], the states after every step, and phi [T, N, U] where there is a window."""

    features: Tensor
    states: NetState
    phi: Tensor | None

    @property
    def last(self) -> NetState:
        """After the last step."""
        return self.states.each(lambda part: part[-1])


class WindowedLayer(nn.Module):
    """A cell, and a window that it moves and that shows it the text."""

    def __init__(self, cell: Cell, window: SoftWindow, shown: int) -> None:
        super().__init__()
        self.cell = cell
        self.window = window
        self.shown = shown
        self.U = Linear(shown, cell.gates * cell.hidden, bias=False)

    def start(self, memory: Memory) -> WindowState:
        (kappa,) = self.window.start(memory)
        return WindowState(kappa, memory.values.new_zeros(len(memory.values), self.shown))

    def forward(
        self, sequence: Float[Tensor, "T N I"], state: CellState, at: WindowState, memory: Memory
    ) -> tuple[CellState, WindowState, Float[Tensor, "T N U"]]:
        inputs = self.cell.project(sequence)
        if type(self.cell) is LSTM:
            asking = self.window.W
            weights = Weights(self.cell.R, self.U.weight, asking.weight, asking.bias)
            h, c, kappa, shown, phi = all_steps(weights, inputs, state, *at, memory)
            return (h, c), WindowState(kappa, shown), phi
        return self._step_by_step(inputs, state, at, memory)

    def _step_by_step(
        self, inputs: Float[Tensor, "T N G"], state: CellState, at: WindowState, memory: Memory
    ) -> tuple[CellState, WindowState, Float[Tensor, "T N U"]]:
        states: list[CellState] = []
        windows: list[WindowState] = []
        phi: list[Tensor] = []
        for projected in inputs.unbind(0):
            state = self.cell(projected + self.U(at.shown), state)
            seen = self.window.step(state[0].unsqueeze(1), memory, (at.kappa,))
            at = WindowState(seen.state[0], seen.context[:, 0])
            states.append(state)
            windows.append(at)
            phi.append(seen.weights[:, 0])
        after = tuple(torch.stack(parts) for parts in zip(*states, strict=True))
        moved = WindowState(*(torch.stack(parts) for parts in zip(*windows, strict=True)))
        return after, moved, torch.stack(phi)


class SkipNet(nn.Module):
    """`windowed` stands in the place of the lowest cell where there is a window."""

    def __init__(
        self, cells: list[Cell], dropout: Dropout, skip: bool, windowed: WindowedLayer | None = None
    ) -> None:
        super().__init__()
        self.windowed = windowed
        self.cells = nn.ModuleList(cells if windowed is None else cells[1:])
        self.dropout = dropout
        self.skip = skip
        self.features = sum(cell.hidden for cell in cells) if skip else cells[-1].hidden

    @property
    def layers(self) -> list[Cell]:
        """All cells, the lowest first."""
        lowest = [] if self.windowed is None else [self.windowed.cell]
        return lowest + [cell for cell in self.cells if isinstance(cell, Cell)]

    def start(self, rows: int, memory: Memory | None) -> NetState:
        """Before the first step."""
        cells = tuple(cell.start(rows) for cell in self.layers)
        if self.windowed is None:
            return NetState(cells, None)
        assert memory is not None
        return NetState(cells, self.windowed.start(memory))

    def forward(
        self, sequence: Float[Tensor, "T N I"], before: NetState, memory: Memory | None = None
    ) -> Reading:
        cells = list(self.layers)
        below = self.dropout(sequence)
        beside = [below] if self.skip else []
        after: list[CellState] = []
        window, phi = None, None
        if self.windowed is not None:
            assert before.window is not None
            assert memory is not None
            lowest, window, phi = self.windowed(below, before.cells[0], before.window, memory)
            after.append(lowest)
            beside.append(window.shown)
        for cell, state in list(zip(cells, before.cells, strict=True))[len(after) :]:
            if after:
                below = torch.cat([*beside, self.dropout(after[-1][0])], dim=2)
            after.append(cell.scan(cell.project(below), state))
        outputs = [state[0] for state in after] if self.skip else [after[-1][0]]
        features = self.dropout(torch.cat(outputs, dim=2))
        return Reading(features, NetState(tuple(after), window), phi)


def layer_inputs(inputs: int, hidden: int, layers: int, skip: bool, shown: int) -> list[int]:
    """What each layer reads, the lowest first; `shown` is what a window shows, 0 without one."""
    above = hidden + shown + (inputs if skip else 0)
    return [inputs] + [above] * (layers - 1)
