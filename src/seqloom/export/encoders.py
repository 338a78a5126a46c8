"""Encoders as ONNX nodes: source ids and lengths in, what they made of each position out.

Sizes: B batch, S source length, E embedding, H features of a position.
"""

from typing import NamedTuple

from torch import nn

from seqloom.export.cells import read_through
from seqloom.export.graph import FLOAT, Graph, Value, not_yet
from seqloom.export.transformers import encoder_layer, placed
from seqloom.nn.cells.cell import Cell
from seqloom.nn.cells.stack import Stack, adds
from seqloom.nn.encoders.encoder import Encoder
from seqloom.nn.encoders.recurrent import RecurrentEncoder
from seqloom.nn.encoders.transformer import TransformerEncoder


class Encoded(NamedTuple):
    """`states` [B, S, H], the last state of each recurrent layer, lengths [B], and the padding
    [B, 1, S]: 0 on real positions, -inf on the others."""

    states: Value
    last: list[list[Value]]
    lengths: Value
    padding: Value


def encode(g: Graph, encoder: Encoder, source: Value, lengths: Value) -> Encoded:
    """Read sources [B, S] of the given lengths."""
    padding = _padding(g, source, lengths)
    match encoder:
        case RecurrentEncoder():
            states, last = _recurrent(g, encoder, source, lengths)
            return Encoded(states, last, lengths, padding)
        case TransformerEncoder():
            states = _transformer(g, encoder, source, padding)
            return Encoded(states, [], lengths, padding)
        case _:
            raise not_yet(encoder)


def embedded(g: Graph, embedding: nn.Embedding | nn.Linear, ids: Value) -> Value:
    if not isinstance(embedding, nn.Embedding):
        raise not_yet(embedding)
    return g.op("Gather", g.weight(embedding.weight), ids, axis=0)


def _padding(g: Graph, source: Value, lengths: Value) -> Value:
    time = g.counted(0, g.squeeze(g.size(source, 1), 0))
    real = g.op("Less", time, g.unsqueeze(lengths, 1))
    return g.unsqueeze(g.op("Where", real, g.real(0.0), g.real(float("-inf"))), 1)


def _recurrent(
    g: Graph, encoder: RecurrentEncoder, source: Value, lengths: Value
) -> tuple[Value, list[list[Value]]]:
    ids = g.op("Transpose", source, perm=[1, 0])
    before_eos = g.op("Sub", lengths, g.ints(1))
    if encoder.reverse:
        ids = _turned(g, ids, before_eos)
    states, last = _stack(g, encoder.stack, embedded(g, encoder.embedding, ids), lengths)
    if encoder.reverse:
        states = _turned(g, states, before_eos)
    return g.op("Transpose", states, perm=[1, 0, 2]), last


def _turned(g: Graph, sequence: Value, lengths: Value) -> Value:
    return g.op("ReverseSequence", sequence, lengths, time_axis=0, batch_axis=1)


def _stack(
    g: Graph, stack: Stack, sequence: Value, lengths: Value
) -> tuple[Value, list[list[Value]]]:
    last: list[list[Value]] = []
    for layer, forward in enumerate(stack.cells):
        cells = [forward]
        if layer < len(stack.backwards):
            backward = stack.backwards[layer]
            assert isinstance(backward, Cell)
            cells.append(backward)
        states, ends = read_through(g, cells, sequence, lengths)
        both = adds(layer, stack.residual)
        sequence = g.op("Add", states, sequence) if both else states
        last.append(ends)
    return sequence, last


def _transformer(g: Graph, encoder: TransformerEncoder, source: Value, padding: Value) -> Value:
    time = g.counted(0, g.squeeze(g.size(source, 1), 0))
    where = g.op("Cast", time, to=FLOAT)
    x = placed(g, embedded(g, encoder.embedding, source), where, encoder.embedding.embedding_dim)
    by_head = g.unsqueeze(padding, 1)
    for layer in encoder.layers:
        assert isinstance(layer, nn.TransformerEncoderLayer)
        x = encoder_layer(g, layer, x, by_head)
    return g.norm(x, encoder.norm) if isinstance(encoder.norm, nn.LayerNorm) else x
