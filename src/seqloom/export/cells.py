"""Recurrent cells as ONNX nodes: over a whole source, and one step in a decoder.

ONNX has an operator for each of the three plain cells; they say the same as nn/cells, with the gates
in another order, and read rows only as far as they are long:

    LSTM  gates i, o, f, g        here i, f, o, g
    GRU   gates z, r, n           here r, z, n;  linear_before_reset: r acts after the product, as here
    RNN   tanh                    Elman

Layer normalisation (normed.py) and zoneout have no operator: such cells are written out, and `Scan`
takes them through a source.

Sizes: S source length, N rows, I input features, D features of the state.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from seqloom.export.graph import BOOL, FLOAT, INT32, Graph, Value, not_yet, to_numpy
from seqloom.export.normed import normed_step, projected
from seqloom.nn.cells.cell import Cell
from seqloom.nn.cells.elman import Elman
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.layer_norm import LayerNormElman, LayerNormGRU, LayerNormLSTM
from seqloom.nn.cells.learned_start import LearnedStart
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.cells.zoneout import Zoneout

Plain = Elman | LSTM | GRU
"""Cells that ONNX has."""


class Entering(NamedTuple):
    """Something that enters the gates of a cell besides its input: [N, I], and its map."""

    value: Value
    weight: Tensor


class _Operator(NamedTuple):
    """Which operator a cell is: its order of our gates, and what has to be said of it."""

    kind: str
    order: tuple[int, ...]
    attributes: dict[str, Any]


def _operator(cell: Plain) -> _Operator:
    match cell:
        case Elman():
            return _Operator("RNN", (0,), {})
        case LSTM():
            return _Operator("LSTM", (0, 2, 1, 3), {})
        case GRU():
            return _Operator("GRU", (1, 0, 2), {"linear_before_reset": 1})


def cell_step(
    g: Graph, cell: Cell, x: Value, more: Sequence[Entering], state: Sequence[Value]
) -> list[Value]:
    """The state [N, D] after one step with input x [N, I]."""
    match cell:
        case LearnedStart():
            return cell_step(g, cell.cell, x, more, state)
        case Zoneout():
            after = cell_step(g, cell.cell, x, more, state)
            return [_mixed(g, cell.p, *both) for both in zip(state, after, strict=True)]
        case Elman() | LSTM() | GRU():
            return _plain_step(g, cell, x, more, state)
        case LayerNormElman() | LayerNormLSTM() | LayerNormGRU():
            gates = projected(g, cell, x)
            for entering in more:
                gates = g.op("Add", gates, g.project(entering.value, entering.weight))
            return normed_step(g, cell, gates, state)
        case _:
            raise not_yet(cell)


def read_through(
    g: Graph, cells: Sequence[Cell], x: Value, lengths: Value
) -> tuple[Value, list[Value]]:
    """Read x [S, N, I] forward with one cell, or with another backward too: the states of all steps
    [S, N, H] and the last state's parts [N, H], both directions side by side."""
    cores = [cell.cell if isinstance(cell, LearnedStart) else cell for cell in cells]
    plain = [core for core in cores if isinstance(core, Elman | LSTM | GRU)]
    if len(plain) == len(cells):
        return _read_plain(g, cells, plain, x, lengths)
    states: list[Value] = []
    last: list[list[Value]] = []
    for way, (cell, core) in enumerate(zip(cells, cores, strict=True)):
        entering = _reversed(g, x, lengths) if way else x
        every, ends = _scanned(g, core, entering, _start(g, cell, x), lengths)
        states.append(_reversed(g, every, lengths) if way else every)
        last.append(ends)
    if len(cells) == 1:
        return states[0], last[0]
    ends = [g.op("Concat", *parts, axis=1) for parts in zip(*last, strict=True)]
    return g.op("Concat", *states, axis=2), ends


def _read_plain(
    g: Graph, cells: Sequence[Cell], plain: Sequence[Plain], x: Value, lengths: Value
) -> tuple[Value, list[Value]]:
    kind, _, attributes = _operator(plain[0])
    W, R, B = _weights(g, plain, [[cell.W] for cell in plain])
    first: list[Value] = []
    if isinstance(cells[0], LearnedStart):
        starts = [[g.unsqueeze(part, 0) for part in _start(g, cell, x)] for cell in cells]
        first = [g.op("Concat", *parts, axis=0) for parts in zip(*starts, strict=True)]
    both = "bidirectional" if len(cells) == 2 else "forward"
    every, *last = g.ops(
        kind,
        [x, W, R, B, g.op("Cast", lengths, to=INT32), *first],
        1 + plain[0].parts,
        hidden_size=plain[0].hidden,
        direction=both,
        **attributes,
    )
    side_by_side = g.reshape(g.op("Transpose", every, perm=[0, 2, 1, 3]), 0, 0, -1)
    ends = [g.reshape(g.op("Transpose", part, perm=[1, 0, 2]), 0, -1) for part in last]
    return side_by_side, ends


def _plain_step(
    g: Graph, cell: Plain, x: Value, more: Sequence[Entering], state: Sequence[Value]
) -> list[Value]:
    """A source of one position, whose features are all that enters."""
    kind, _, attributes = _operator(cell)
    W, R, B = _weights(g, [cell], [[cell.W, *(entering.weight for entering in more)]])
    if more:
        x = g.op("Concat", x, *(entering.value for entering in more), axis=1)
    before = [g.unsqueeze(part, 0) for part in state]
    _, *after = g.ops(
        kind,
        [g.unsqueeze(x, 0), W, R, B, "", *before],
        1 + cell.parts,
        hidden_size=cell.hidden,
        **attributes,
    )
    return [g.squeeze(part, 0) for part in after]


def _weights(
    g: Graph, cells: Sequence[Plain], entering: Sequence[Sequence[Tensor]]
) -> tuple[Value, Value, Value]:
    """W, R and the biases as the operator has them: of each direction, one behind the other."""
    B = g.constant(np.stack([_biases(cell) for cell in cells]))
    W = _stacked(g, cells, entering)
    return W, _stacked(g, cells, [[cell.R] for cell in cells]), B


def _stacked(g: Graph, cells: Sequence[Plain], parts: Sequence[Sequence[Tensor]]) -> Value:
    order = _operator(cells[0]).order
    if not g.int8:
        whole = [np.concatenate([*map(to_numpy, side_by_side)], axis=1) for side_by_side in parts]
        return g.constant(np.stack([_by_gate(one, order) for one in whole]))
    with g.ahead():
        ways: list[Value] = []
        for side_by_side in parts:
            one = g.op("Concat", *map(g.weight, side_by_side), axis=1)
            gates = g.reshape(one, len(order), cells[0].hidden, -1)
            gates = g.op("Gather", gates, g.ints(*order), axis=0)
            ways.append(g.reshape(gates, 1, len(order) * cells[0].hidden, -1))
        return g.op("Concat", *ways, axis=0)


def _biases(cell: Plain) -> NDArray[np.float32]:
    """The GRU's b_n is its recurrent bias."""
    order = _operator(cell).order
    recurrent = np.zeros(cell.gates * cell.hidden, dtype=np.float32)
    if isinstance(cell, GRU):
        recurrent[2 * cell.hidden :] = to_numpy(cell.b_n)
    return np.concatenate([_by_gate(part, order) for part in (to_numpy(cell.b), recurrent)])


def _by_gate(blocks: NDArray[np.float32], order: tuple[int, ...]) -> NDArray[np.float32]:
    parts = np.split(blocks, len(order))
    return np.concatenate([parts[gate] for gate in order])


def _scanned(
    g: Graph, cell: Cell, x: Value, start: Sequence[Value], lengths: Value
) -> tuple[Value, list[Value]]:
    """A cell that ONNX does not have, step after step; past its length a row stands still."""
    time = g.counted(0, g.squeeze(g.size(x, 0), 0))
    valid = g.unsqueeze(g.op("Less", g.unsqueeze(time, 1), g.unsqueeze(lengths, 0)), 2)
    with g.body() as body:
        before = [body.input(FLOAT, ("rows", cell.hidden)) for _ in start]
        step = body.input(FLOAT, ("rows", "features"))
        real = body.input(BOOL, ("rows", 1))
        after = cell_step(g, cell, step, [], before)
        kept = [g.op("Where", real, *both) for both in zip(after, before, strict=True)]
        for part in (*kept, kept[0]):
            body.output(part, FLOAT)
    *last, every = g.ops(
        "Scan", [*start, x, valid], len(start) + 1, body=body.graph(), num_scan_inputs=2
    )
    return every, last


def _start(g: Graph, cell: Cell, x: Value) -> list[Value]:
    """The first state [N, D] for x [S, N, I]."""
    shape = g.shape(g.size(x, 1), cell.hidden)
    if isinstance(cell, LearnedStart):
        return [g.op("Expand", g.weight(part), shape) for part in cell.s_0]
    return [g.op("Expand", g.real(0.0), shape)] * cell.parts


def _reversed(g: Graph, x: Value, lengths: Value) -> Value:
    return g.op("ReverseSequence", x, lengths, time_axis=0, batch_axis=1)


def _mixed(g: Graph, p: float, before: Value, after: Value) -> Value:
    """Zoneout's expectation."""
    old, new = g.op("Mul", before, g.real(p)), g.op("Mul", after, g.real(1 - p))
    return g.op("Add", old, new)
