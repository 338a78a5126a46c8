"""Readouts as ONNX nodes: from a decoder's features to log p of every token, as nn/readouts.

Sizes: B sources, S source length, N rows, V vocabulary, X extended ids of a batch, F features.
"""

import numpy as np
from torch import nn

from seqloom.export.graph import BOOL, INT32, INT64, Graph, Part, Value, not_yet
from seqloom.export.rows import BATCH, SOURCE, Rows
from seqloom.nn.readouts.pointer import Pointer
from seqloom.nn.readouts.softmax import Maxout, Softmax

TINY = float(np.finfo(np.float32).tiny)


def logits(g: Graph, readout: nn.Module, features: Value) -> Value:
    """[N, V]"""
    match readout:
        case Softmax():
            if isinstance(readout.narrow, nn.Linear):
                features = g.op("Gemm", features, g.weight(readout.narrow.weight), transB=1)
            return g.linear(features, readout.output)
        case Maxout():
            pairs = g.reshape(g.linear(features, readout.U), 0, -1, 2)
            larger = g.op("ReduceMax", pairs, axes=[2], keepdims=0)
            return logits(g, readout.softmax, larger)
        case _:
            raise not_yet(readout)


def log_softmax(g: Graph, values: Value) -> Value:
    return g.op("LogSoftmax", values, axis=-1)


def plain(g: Graph, pointer: Pointer, source: Value) -> Value:
    """Source ids without what they say of copies."""
    return g.op("Mod", source, g.ints(pointer.source_vocabulary))


def copies(g: Graph, pointer: Pointer, source: Value) -> list[Part]:
    """What a copy of each position would be, and which extended ids each source has."""
    V = pointer.target_vocabulary
    number = g.op("Div", source, g.ints(pointer.source_vocabulary))
    ids = g.op("Sub", number, g.ints(1))
    largest = g.op("ReduceMax", g.reshape(ids, -1), axes=[0], keepdims=1)
    # At least one, which then no source has: Reshape takes a size of 0 for one that it copies.
    width = g.op("Max", g.op("Sub", largest, g.ints(V - 1)), g.ints(1))
    extended = g.op(
        "Range", *(g.squeeze(bound, 0) for bound in (g.ints(V), _plus(g, width, V), g.ints(1)))
    )
    same = g.op("Equal", g.unsqueeze(ids, 2), g.reshape(extended, 1, 1, -1))
    found = g.op("ReduceMax", g.op("Cast", same, to=INT32), axes=[1], keepdims=0)
    present = g.op("Cast", found, to=BOOL)
    return [
        Part("copies", ids, (BATCH, SOURCE), INT64),
        Part("present", present, (BATCH, "open"), BOOL),
    ]


def pointed(
    g: Graph,
    pointer: Pointer,
    rows: Rows,
    features: Value,
    scores: Value,
    weights: Value,
    memory: list[Value],
) -> Value:
    """log p [N, V + X] of tokens that are written or copied; `memory` is what `copies` made."""
    ids, present = (rows.each(part, features) for part in memory)
    gate = g.linear(features, pointer.gate)
    copyable = g.op("GreaterOrEqual", ids, g.ints(0))
    copy = g.op("Where", copyable, weights, g.real(0.0))
    kept = g.op("ReduceSum", g.op("Where", copyable, g.real(0.0), weights), g.ints(1))
    known = g.ints(pointer.target_vocabulary)
    size = g.op("Add", g.size(present, 1), known)
    nothing = g.op("Expand", g.real(0.0), g.shape(g.size(features, 0), size))
    places = g.op("Max", ids, g.ints(0))
    mass = g.op("ScatterElements", nothing, places, copy, axis=1, reduction="add")
    write, point = _log_sigmoid(g, gate), _log_sigmoid(g, g.op("Neg", gate))
    generate = _log_add(g, write, g.op("Add", point, _log(g, kept)))
    copied = g.op("Add", point, _log(g, mass))
    in_vocabulary = g.op("Slice", copied, g.ints(0), known, g.ints(1))
    extended = g.op("Slice", copied, known, size, g.ints(1))
    written = g.op("Add", generate, log_softmax(g, scores))
    absent = g.real(float("-inf"))
    both = [
        _log_add(g, written, in_vocabulary),
        g.op("Where", present, extended, absent),
    ]
    return g.op("Concat", *both, axis=1)


def _plus(g: Graph, width: Value, number: int) -> Value:
    return g.op("Add", width, g.ints(number))


def _log_sigmoid(g: Graph, value: Value) -> Value:
    return g.op("Neg", g.op("Softplus", g.op("Neg", value)))


def _log_add(g: Graph, one: Value, other: Value) -> Value:
    """log(exp one + exp other)"""
    larger = g.op("Max", one, other)
    parts = [g.op("Exp", g.op("Sub", part, larger)) for part in (one, other)]
    return g.op("Add", larger, g.op("Log", g.op("Add", *parts)))


def _log(g: Graph, values: Value) -> Value:
    return g.op("Log", g.op("Max", values, g.real(TINY)))
