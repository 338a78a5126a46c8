"""Attention as ONNX nodes, in the two halves of nn/attention: what is fixed for a source, and one
question of each row.

N = B * W rows ask B sources, the W rows of a source side by side. Keys are laid out for the product
once for a source, and no memory is repeated for its rows.

Sizes: B sources, W rows of each, S source length, H source features, Q query features, K key
features, M heads.
"""

from typing import NamedTuple

from seqloom.export import scores
from seqloom.export.encoders import Encoded
from seqloom.export.graph import FLOAT, INT64, Graph, Part, Value, not_yet, to_numpy
from seqloom.export.rows import BATCH, ROWS, SOURCE, Rows
from seqloom.nn.attention.attention import Attention
from seqloom.nn.attention.content import Content
from seqloom.nn.attention.coverage import Coverage
from seqloom.nn.attention.local import LocalM, LocalP, Window
from seqloom.nn.attention.multihead import MultiHead
from seqloom.nn.attention.scores import Score


class Attended(NamedTuple):
    """context [N, H], weights [N, S] and the state after."""

    context: Value
    weights: Value
    state: list[Value]


def remember(g: Graph, attention: Attention, encoded: Encoded) -> list[Part]:
    """What is fixed for a source: values, keys, padding."""
    padding = Part("padding", encoded.padding, (BATCH, 1, SOURCE))
    values = Part("values", encoded.states, (BATCH, SOURCE, "features"))
    match attention:
        case Content(score=Score() as score):
            return [values, scores.keys(g, score, encoded.states), padding]
        case Coverage():
            keys = g.unsqueeze(g.project(encoded.states, attention.U.weight), 1)
            return [values, Part("keys", keys, (BATCH, 1, SOURCE, "key")), padding]
        case LocalM(window=Window() as window) | LocalP(window=Window() as window):
            where = _places(g, encoded)
            return [values, scores.keys(g, window.score, encoded.states), padding, *where]
        case MultiHead():
            return [*_by_heads(g, attention, encoded.states), padding]
        case _:
            raise not_yet(attention)


def start(g: Graph, attention: Attention, encoded: Encoded) -> list[Part]:
    """The state before the first step."""
    match attention:
        case Coverage():
            none = g.squeeze(_zeros(g, encoded), 1)
            return [Part("covered", none, (ROWS, SOURCE))]
        case LocalM():
            steps = g.op("Sub", encoded.lengths, encoded.lengths)
            return [Part("steps", steps, (ROWS,), INT64)]
        case _:
            return []


def ask(
    g: Graph,
    attention: Attention,
    rows: Rows,
    query: Value,
    memory: list[Value],
    state: list[Value],
) -> Attended:
    """One question of each row, [N, Q]."""
    match attention:
        case Content(score=Score() as score):
            energies, after = scores.energies(g, score, rows, query, memory[1]), list[Value]()
        case LocalP(window=Window() as window):
            share = g.op("Tanh", g.project(query, attention.W_p.weight))
            share = g.op("Sigmoid", g.project(share, attention.v_p.weight))
            centre = g.op("Mul", memory[4], rows.grouped(share, 1))
            energies, after = _windowed(g, window, rows, query, centre, memory), list[Value]()
        case LocalM(window=Window() as window):
            steps = g.op("Add", state[0], g.ints(1))
            ahead = g.unsqueeze(g.op("Cast", steps, to=FLOAT), 1)
            centre = g.op("Min", rows.grouped(ahead, 1), memory[4])
            energies, after = _windowed(g, window, rows, query, centre, memory), [steps]
        case Coverage():
            return _covering(g, attention, rows, query, memory, state[0])
        case MultiHead():
            return _multihead(g, attention, rows, query, memory)
        case _:
            raise not_yet(attention)
    values, padding = memory[0], memory[2]
    weights = g.op("Softmax", g.op("Add", energies, padding), axis=-1)
    context = g.op("MatMul", weights, values)
    return Attended(rows.flat(context), rows.flat(weights), after)


def _places(g: Graph, encoded: Encoded) -> list[Part]:
    """Positions 1..S and the length of every source: what windows are placed by."""
    beyond = g.op("Add", g.size(encoded.states, 1), g.ints(1))
    time = g.counted(1, g.squeeze(beyond, 0))
    positions = g.op("Add", _zeros(g, encoded), g.op("Cast", time, to=FLOAT))
    lengths = g.reshape(g.op("Cast", encoded.lengths, to=FLOAT), -1, 1, 1)
    return [
        Part("positions", positions, (BATCH, 1, SOURCE)),
        Part("lengths", lengths, (BATCH, 1, 1)),
    ]


def _zeros(g: Graph, encoded: Encoded) -> Value:
    """[B, 1, S]"""
    return g.op("Expand", g.real(0.0), g.op("Shape", encoded.padding))


def _windowed(
    g: Graph, window: Window, rows: Rows, query: Value, centre: Value, memory: list[Value]
) -> Value:
    """Energies with -inf outside the window around `centre` [B, W, 1]."""
    energies = scores.energies(g, window.score, rows, query, memory[1])
    away = g.op("Sub", memory[3], centre)
    if window.fall:
        fall = g.op("Mul", g.op("Mul", away, away), g.real(window.fall))
        energies = g.op("Sub", energies, fall)
    outside = g.op("Greater", g.op("Abs", away), g.real(float(window.reach)))
    return g.op("Where", outside, g.real(float("-inf")), energies)


def _covering(
    g: Graph, attention: Coverage, rows: Rows, query: Value, memory: list[Value], state: Value
) -> Attended:
    values, keys, padding = memory
    asked = g.op("Gemm", query, g.weight(attention.W.weight), transB=1)
    asked = g.unsqueeze(rows.grouped(asked, g.size(asked, 1)), 2)
    covered = rows.grouped(state, g.size(state, 1))
    w_c = g.constant(to_numpy(attention.w_c.weight)[:, 0])
    inner = g.op("Add", g.op("Add", asked, keys), g.op("Mul", g.unsqueeze(covered, 3), w_c))
    energies = g.squeeze(g.project(g.op("Tanh", inner), attention.v.weight), 3)
    weights = g.op("Softmax", g.op("Add", energies, padding), axis=-1)
    after = rows.flat(g.op("Add", covered, weights))
    return Attended(rows.flat(g.op("MatMul", weights, values)), rows.flat(weights), [after])


def _by_heads(g: Graph, attention: MultiHead, states: Value) -> list[Part]:
    """values [B, M, S, d] and keys [B, M, d, S]."""
    M, d = attention.heads, attention.W_k.out_features // attention.heads
    split = g.reshape(g.project(states, attention.W_v.weight), 0, 0, M, d)
    values = g.op("Transpose", split, perm=[0, 2, 1, 3])
    split = g.reshape(g.project(states, attention.W_k.weight), 0, 0, M, d)
    keys = g.op("Mul", g.op("Transpose", split, perm=[0, 2, 3, 1]), g.real(d**-0.5))
    return [
        Part("values", values, (BATCH, M, SOURCE, d)),
        Part("keys", keys, (BATCH, M, d, SOURCE)),
    ]


def _multihead(
    g: Graph, attention: MultiHead, rows: Rows, query: Value, memory: list[Value]
) -> Attended:
    values, keys, padding = memory
    M, d = attention.heads, attention.W_k.out_features // attention.heads
    asked = g.op("Gemm", query, g.weight(attention.W_q.weight), transB=1)
    split = g.reshape(rows.grouped(asked, M * d), 0, 0, M, d)
    by_head = g.op("Transpose", split, perm=[0, 2, 1, 3])
    energies = g.op("Add", g.op("MatMul", by_head, keys), g.unsqueeze(padding, 1))
    each = g.op("Softmax", energies, axis=-1)
    found = g.op("Transpose", g.op("MatMul", each, values), perm=[0, 2, 1, 3])
    context = g.project(g.reshape(found, 0, 0, M * d), attention.W_o.weight)
    weights = g.op("ReduceMean", each, axes=[1], keepdims=0)
    return Attended(rows.flat(context), rows.flat(weights), [])
