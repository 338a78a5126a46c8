"""The Transformer's layers as ONNX nodes; see nn/encoders/transformer.py and nn/decoders/transformer.py.

Sizes: B sources, N rows, T positions, S source length, E features, A heads, F features of a head.
"""

from collections.abc import Callable, Sequence
from math import log, sqrt

import numpy as np
from torch import nn

from seqloom.export.graph import FLOAT, Graph, Part, Value
from seqloom.export.rows import BATCH, ROWS, SOURCE
from seqloom.nn.decoders.transformer import TransformerDecoder

Past = list[Value]
"""For each layer the keys and values of all positions so far, [N, 2, A, t, F]."""


def placed(g: Graph, embedded: Value, where: Value, features: int) -> Value:
    """sqrt(E) y_t + PE(t) for embeddings [N, T, E] at positions `where` [T]."""
    rates = np.exp(np.arange(0, features, 2) * (-log(10000.0) / features)).astype(np.float32)
    angle = g.op("Mul", g.unsqueeze(where, 1), g.constant(rates))
    waves = [g.unsqueeze(g.op(wave, angle), 2) for wave in ("Sin", "Cos")]
    waves = g.reshape(g.op("Concat", *waves, axis=2), 0, -1)
    if features % 2:
        waves = g.op("Slice", waves, g.ints(0), g.ints(features), g.ints(1))
    return g.op("Add", g.op("Mul", embedded, g.real(sqrt(features))), waves)


def encoder_layer(g: Graph, layer: nn.TransformerEncoderLayer, x: Value, padding: Value) -> Value:
    """One layer over x [B, T, E]; padding [B, 1, 1, T]."""

    def attend(inner: Value) -> Value:
        known = keys_and_values(g, layer.self_attn, inner)
        return answer(g, layer.self_attn, _heads(g, layer.self_attn, inner), known, padding)

    x = _part(g, layer.norm_first, layer.norm1, x, attend)
    return _part(g, layer.norm_first, layer.norm2, x, lambda inner: _forward(g, layer, inner))


def known_source(
    g: Graph, decoder: TransformerDecoder, states: Value, padding: Value
) -> list[Part]:
    """What is fixed for a source: the padding, and its keys and values for each layer."""
    E = decoder.features
    if isinstance(decoder.fit, nn.Linear):
        states = g.project(states, decoder.fit.weight)
    parts = [Part("padding", padding, (BATCH, 1, SOURCE))]
    for number, layer in enumerate(decoder.layers):
        assert isinstance(layer, nn.TransformerDecoderLayer)
        heads = layer.multihead_attn.num_heads
        known = keys_and_values(g, layer.multihead_attn, states)
        parts.append(Part(f"source{number}", known, (BATCH, 2, heads, SOURCE, E // heads)))
    return parts


def nothing_written(g: Graph, memory: Sequence[Part]) -> list[Part]:
    """The state before the first step: for each layer keys and values of no position."""
    _, *sources = memory
    return [
        Part(
            f"written{number}",
            g.op("Slice", known.value, g.ints(0), g.ints(0), g.ints(3)),
            (ROWS, *known.shape[1:3], "written", *known.shape[4:]),
        )
        for number, known in enumerate(sources)
    ]


def decoder_step(
    g: Graph,
    decoder: TransformerDecoder,
    embedded: Value,
    memory: list[Value],
    past: Past,
    batch: Value,
) -> tuple[Value, Value, Past]:
    """One step for embeddings [N, E]: features [N, E], weights [N, S], the state after."""
    padding, *sources = memory
    padding = g.unsqueeze(padding, 1)  # the same for all heads
    time = g.op("Cast", g.size(past[0], 3), to=FLOAT)
    x = placed(g, g.unsqueeze(embedded, 1), time, decoder.features)
    query, after = x, Past()
    for layer, before, source in zip(decoder.layers, past, sources, strict=True):
        assert isinstance(layer, nn.TransformerDecoderLayer)
        x, query, known = _decoder_layer(g, layer, x, before, source, padding, batch)
        after.append(known)
    if isinstance(decoder.norm, nn.LayerNorm):
        x = g.norm(x, decoder.norm)
    weights = g.op("ReduceMean", _weights(g, query, sources[-1], padding), axes=[1], keepdims=0)
    rows = g.op("Reshape", weights, g.shape(-1, g.size(weights, 2)))
    return g.squeeze(x, 1), rows, after


def keys_and_values(g: Graph, attention: nn.MultiheadAttention, z: Value) -> Value:
    """[N, 2, A, t, F]"""
    size, heads = attention.embed_dim, attention.num_heads
    both = g.project(z, attention.in_proj_weight[size:], attention.in_proj_bias[size:])
    split = g.reshape(both, 0, 0, 2, heads, size // heads)
    return g.op("Transpose", split, perm=[0, 2, 3, 1, 4])


def answer(
    g: Graph, attention: nn.MultiheadAttention, query: Value, known: Value, padding: Value | None
) -> Value:
    """What the heads find for [N, A, T, F], put together again: [N, T, E]."""
    values = _half(g, known, 1)
    found = g.op("MatMul", _weights(g, query, known, padding), values)
    together = g.reshape(g.op("Transpose", found, perm=[0, 2, 1, 3]), 0, 0, -1)
    return g.project(together, attention.out_proj.weight, attention.out_proj.bias)


def _decoder_layer(
    g: Graph,
    layer: nn.TransformerDecoderLayer,
    x: Value,
    past: Value,
    source: Value,
    padding: Value,
    batch: Value,
) -> tuple[Value, Value, Value]:
    """What it makes of x [N, 1, E], what it asked of the source, and its past after."""
    kept: list[Value] = []

    def look_back(inner: Value) -> Value:
        own = keys_and_values(g, layer.self_attn, inner)
        kept.append(g.op("Concat", past, own, axis=3))
        return answer(g, layer.self_attn, _heads(g, layer.self_attn, inner), kept[0], None)

    def ask(inner: Value) -> Value:
        # The hypotheses of a source ask as if they were steps: its keys are never repeated.
        E = layer.multihead_attn.embed_dim
        grouped = g.op("Reshape", inner, g.shape(batch, -1, E))
        kept.append(_heads(g, layer.multihead_attn, grouped))
        return g.reshape(answer(g, layer.multihead_attn, kept[1], source, padding), -1, 1, E)

    x = _part(g, layer.norm_first, layer.norm1, x, look_back)
    x = _part(g, layer.norm_first, layer.norm2, x, ask)
    x = _part(g, layer.norm_first, layer.norm3, x, lambda inner: _forward(g, layer, inner))
    return x, kept[1], kept[0]


def _part(
    g: Graph, norm_first: bool, norm: nn.LayerNorm, x: Value, part: Callable[[Value], Value]
) -> Value:
    """x + part(x), normalised before the part or after the sum."""
    if norm_first:
        return g.op("Add", x, part(g.norm(x, norm)))
    return g.norm(g.op("Add", x, part(x)), norm)


def _forward(
    g: Graph, layer: nn.TransformerEncoderLayer | nn.TransformerDecoderLayer, x: Value
) -> Value:
    inner = g.op("Relu", g.project(x, layer.linear1.weight, layer.linear1.bias))
    return g.project(inner, layer.linear2.weight, layer.linear2.bias)


def _heads(g: Graph, attention: nn.MultiheadAttention, x: Value) -> Value:
    """[N, A, T, F]"""
    size, heads = attention.embed_dim, attention.num_heads
    query = g.project(x, attention.in_proj_weight[:size], attention.in_proj_bias[:size])
    return g.op("Transpose", g.reshape(query, 0, 0, heads, size // heads), perm=[0, 2, 1, 3])


def _weights(g: Graph, query: Value, known: Value, padding: Value | None) -> Value:
    """softmax(q k / sqrt(F)) [N, A, T, t]."""
    keys = g.op("Transpose", _half(g, known, 0), perm=[0, 1, 3, 2])
    width = g.op("Sqrt", g.op("Cast", g.size(query, 3), to=FLOAT))
    energies = g.op("Div", g.op("MatMul", query, keys), width)
    if padding is not None:
        energies = g.op("Add", energies, padding)
    return g.op("Softmax", energies, axis=-1)


def _half(g: Graph, known: Value, which: int) -> Value:
    """The keys (0) or the values (1)."""
    return g.op("Gather", known, g.constant(np.int64(which)), axis=1)
