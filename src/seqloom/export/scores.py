"""Attention scores as ONNX nodes, in the two halves of nn/attention/scores.py: `keys` once for a source,
laid out as the products want them, and `energies` at every step.

Sizes: B sources, W rows of each, S source length, H source features, Q query features, K key features.
"""

from torch import Tensor

from seqloom.export.graph import FLOAT, Graph, Part, Value, not_yet
from seqloom.export.rows import BATCH, SOURCE, Rows
from seqloom.nn.attention.location import Location
from seqloom.nn.attention.scores import Additive, Concat, Dot, General, Score


def keys(g: Graph, score: Score, states: Value) -> Part:
    """[B, K, S]; [B, 1, S, K] for scores that have a layer of their own; by location the states."""
    match score:
        case Dot(scaled=True):
            size = g.op("Cast", g.size(states, 2), to=FLOAT)
            return _for_products(g, g.op("Div", states, g.op("Sqrt", size)))
        case Dot():
            return _for_products(g, states)
        case General():
            return _for_products(g, g.project(states, score.W.weight))
        case Additive():
            return _for_layers(g, g.project(states, score.U.weight))
        case Concat():
            return _for_layers(g, g.project(states, score.W_k.weight, score.W_k.bias))
        case Location():
            return Part("keys", states, (BATCH, SOURCE, "key"))
        case _:
            raise not_yet(score)


def energies(g: Graph, score: Score, rows: Rows, query: Value, known: Value) -> Value:
    """[B, W, S] for queries [N, Q] and what `keys` made."""
    match score:
        case Dot() | General():
            return g.op("MatMul", rows.grouped(query, g.size(query, 1)), known)
        case Additive():
            return _layer(g, rows, score.W.weight, query, known, score.v.weight)
        case Concat():
            return _layer(g, rows, score.W_q.weight, query, known, score.v.weight)
        case Location():
            places, length = g.project(query, score.W_a.weight), g.size(known, 1)
            within = g.op("Slice", places, g.ints(0), length, g.ints(1))
            return rows.grouped(within, length)
        case _:
            raise not_yet(score)


def _for_products(g: Graph, known: Value) -> Part:
    return Part("keys", g.op("Transpose", known, perm=[0, 2, 1]), (BATCH, "key", SOURCE))


def _for_layers(g: Graph, known: Value) -> Part:
    return Part("keys", g.unsqueeze(known, 1), (BATCH, 1, SOURCE, "key"))


def _layer(g: Graph, rows: Rows, W: Tensor, query: Value, known: Value, v: Tensor) -> Value:
    """v . tanh(W q + k)"""
    asked = g.project(query, W)
    asked = g.unsqueeze(rows.grouped(asked, g.size(asked, 1)), 2)
    inner = g.op("Tanh", g.op("Add", asked, known))
    return g.squeeze(g.project(inner, v), 3)
