"""Decoders as ONNX nodes: what they remember of a source, how they start, and one step.

The equations are those of nn/decoders. What enters the gates of a cell from outside (a context, the
attentional state before) stands beside the cell's own input, so that a step of a plain cell is one
operator.

Sizes: B sources, N rows, S source length, E embedding, H source features, D state, F features.
"""

from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from seqloom.export.attention import Attended, ask
from seqloom.export.attention import remember as remember_source
from seqloom.export.attention import start as start_attention
from seqloom.export.cells import Entering, cell_step
from seqloom.export.encoders import Encoded
from seqloom.export.graph import Graph, Part, Value, not_yet
from seqloom.export.rows import BATCH, ROWS, Rows
from seqloom.export.transformers import decoder_step, known_source, nothing_written
from seqloom.nn.cells.cell import Cell
from seqloom.nn.cells.stack import adds
from seqloom.nn.decoders.bahdanau import Bahdanau
from seqloom.nn.decoders.bridge import Bridge
from seqloom.nn.decoders.decoder import Decoder
from seqloom.nn.decoders.gnmt import GNMT
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.decoders.luong import Luong
from seqloom.nn.decoders.plain import Cho, Sutskever
from seqloom.nn.decoders.transformer import TransformerDecoder


class Stepped(NamedTuple):
    """features [N, F], weights [N, S] or None without attention, and the state after."""

    features: Value
    weights: Value | None
    state: list[Value]


def remember(g: Graph, decoder: Decoder, encoded: Encoded) -> list[Part]:
    """What is fixed for a source."""
    match decoder:
        case Sutskever():
            return []
        case Cho():
            return [Part("context", encoded.last[-1][0], (BATCH, "features"))]
        case Bahdanau() | Luong() | GNMT():
            return remember_source(g, decoder.attention, encoded)
        case TransformerDecoder():
            return known_source(g, decoder, encoded.states, encoded.padding)
        case _:
            raise not_yet(decoder)


def start(g: Graph, decoder: Decoder, encoded: Encoded, memory: Sequence[Part]) -> list[Part]:
    """The state before the first step."""
    match decoder:
        case Sutskever() | Cho():
            return _first_cells(g, decoder, encoded)
        case Bahdanau() | GNMT():
            cells = _first_cells(g, decoder, encoded)
            return [*cells, *start_attention(g, decoder.attention, encoded)]
        case Luong():
            cells = _first_cells(g, decoder, encoded)
            parts = [*cells, *start_attention(g, decoder.attention, encoded)]
            if decoder.feed is None:
                return parts
            zeros = g.op("Sub", cells[0].value, cells[0].value)
            return [*parts, Part("fed", zeros, (ROWS, decoder.features))]
        case TransformerDecoder():
            return nothing_written(g, memory)
        case _:
            raise not_yet(decoder)


def step(
    g: Graph,
    decoder: Decoder,
    rows: Rows,
    embedded: Value,
    memory: list[Value],
    state: list[Value],
) -> Stepped:
    """One step of every row, fed embeddings [N, E]."""
    match decoder:
        case Sutskever():
            after = _cells(g, decoder.layers, embedded, [], state)
            return Stepped(_top(g, decoder.layers, after), None, after)
        case Cho():
            context = rows.each(memory[0], embedded)
            into = [Entering(context, decoder.C.weight)]
            after = _cells(g, decoder.layers, embedded, [into], state)
            seen = [_top(g, decoder.layers, after), embedded, context]
            return Stepped(g.op("Concat", *seen, axis=1), None, after)
        case Bahdanau():
            return _bahdanau(g, decoder, rows, embedded, memory, state)
        case Luong():
            return _luong(g, decoder, rows, embedded, memory, state)
        case GNMT():
            return _gnmt(g, decoder, rows, embedded, memory, state)
        case TransformerDecoder():
            return Stepped(*decoder_step(g, decoder, embedded, memory, state, rows.batch))
        case _:
            raise not_yet(decoder)


def _bahdanau(
    g: Graph,
    decoder: Bahdanau,
    rows: Rows,
    embedded: Value,
    memory: list[Value],
    state: list[Value],
) -> Stepped:
    cells, asking = state[: decoder.layers.parts], state[decoder.layers.parts :]
    query = _top(g, decoder.layers, cells)
    context, weights, asking = ask(g, decoder.attention, rows, query, memory, asking)
    into = [Entering(context, decoder.C.weight)]
    cells = _cells(g, decoder.layers, embedded, [into], cells)
    seen = [_top(g, decoder.layers, cells), embedded, context]
    return Stepped(g.op("Concat", *seen, axis=1), weights, [*cells, *asking])


def _luong(
    g: Graph,
    decoder: Luong,
    rows: Rows,
    embedded: Value,
    memory: list[Value],
    state: list[Value],
) -> Stepped:
    first = decoder.layers.parts
    cells, asking = state[:first], state[first : first + decoder.attention.parts]
    into = [] if decoder.feed is None else [Entering(state[-1], decoder.feed.weight)]
    cells = _cells(g, decoder.layers, embedded, [into], cells)
    query = _top(g, decoder.layers, cells)
    context, weights, asking = ask(g, decoder.attention, rows, query, memory, asking)
    both = g.op("Concat", context, query, axis=1)
    attended = g.op("Tanh", g.op("Gemm", both, g.weight(decoder.W_c.weight), transB=1))
    fed = [] if decoder.feed is None else [attended]
    return Stepped(attended, weights, [*cells, *asking, *fed])


def _gnmt(
    g: Graph,
    decoder: GNMT,
    rows: Rows,
    embedded: Value,
    memory: list[Value],
    state: list[Value],
) -> Stepped:
    cells, asking = state[: decoder.layers.parts], state[decoder.layers.parts :]
    attended: Attended = ask(g, decoder.attention, rows, cells[0], memory, asking)
    context, weights, asking = attended
    into: list[list[Entering]] = []
    for C in decoder.C:
        assert isinstance(C, nn.Linear)
        into.append([Entering(context, C.weight)])
    cells = _cells(g, decoder.layers, embedded, into, cells)
    features = g.op("Concat", _top(g, decoder.layers, cells), context, axis=1)
    return Stepped(features, weights, [*cells, *asking])


def _first_cells(
    g: Graph, decoder: Sutskever | Cho | Bahdanau | Luong | GNMT, encoded: Encoded
) -> list[Part]:
    """The states of the cells: the encoder's own, or a map of them."""
    bridge, hidden = decoder.bridge, decoder.layers.hidden
    if not isinstance(bridge, Bridge):
        values = [part for layer in encoded.last for part in layer]
    else:
        values = list[Value]()
        for layer, V in zip(bridge.opposite, bridge.V, strict=True):
            assert isinstance(V, nn.Linear)
            mapped = g.op("Tanh", g.linear(encoded.last[layer][0], V))
            parts = V.out_features // hidden
            sizes = g.ints(*[hidden] * parts)
            values += g.ops("Split", [mapped, sizes], parts, axis=1)
    return [Part(f"cell{n}", value, (ROWS, hidden)) for n, value in enumerate(values)]


def _split(layers: Layers, state: list[Value]) -> list[list[Value]]:
    """The flat state as one state a layer."""
    groups: list[list[Value]] = []
    for cell in layers.cells:
        assert isinstance(cell, Cell)
        groups.append(state[: cell.parts])
        state = state[cell.parts :]
    return groups


def _cells(
    g: Graph,
    layers: Layers,
    embedded: Value,
    into: Sequence[Sequence[Entering]],
    state: list[Value],
) -> list[Value]:
    """All layers, one step; `into` is what enters each besides its input, from the lowest on."""
    after: list[Value] = []
    below = embedded
    for layer, (cell, before) in enumerate(zip(layers.cells, _split(layers, state), strict=True)):
        assert isinstance(cell, Cell)
        more = into[layer] if layer < len(into) else ()
        new = cell_step(g, cell, below, more, before)
        both = layer > 0 and adds(layer, layers.residual)
        below = g.op("Add", new[0], below) if both else new[0]
        after += new
    return after


def _top(g: Graph, layers: Layers, state: list[Value]) -> Value:
    """What the last layer hands on."""
    output, *above = (part[0] for part in _split(layers, state))
    for layer, h in enumerate(above, start=1):
        output = g.op("Add", h, output) if adds(layer, layers.residual) else h
    return output
