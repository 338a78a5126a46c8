"""Cells with layer normalisation as ONNX nodes, written out as in nn/cells/layer_norm.py.

Sizes: N rows, I input features, D features of the state, G gate features.
"""

from collections.abc import Sequence

from seqloom.export.graph import Graph, Value
from seqloom.nn.cells.layer_norm import LayerNormElman, LayerNormGRU, LayerNormLSTM

Normed = LayerNormElman | LayerNormLSTM | LayerNormGRU


def projected(g: Graph, cell: Normed, x: Value) -> Value:
    """The input half, as `project` of each cell."""
    product = g.project(x, cell.W)
    match cell:
        case LayerNormElman():
            return product
        case LayerNormLSTM():
            return g.op("Add", g.norm(product, cell.norm_x), g.weight(cell.b))
        case LayerNormGRU():
            rz, n = _split(g, product, 2 * cell.hidden, cell.hidden)
            normed = [g.norm(rz, cell.norm_x_rz), g.norm(n, cell.norm_x_n)]
            return g.op("Add", g.op("Concat", *normed, axis=-1), g.weight(cell.b))


def normed_step(
    g: Graph,
    cell: Normed,
    projected: Value,
    state: Sequence[Value],
) -> list[Value]:
    """The recurrent half, as `forward` of each cell."""
    D, h = cell.hidden, state[0]
    recurrent = g.op("Gemm", h, g.weight(cell.R), transB=1)
    match cell:
        case LayerNormElman():
            total = g.norm(g.op("Add", projected, recurrent), cell.norm)
            return [g.op("Tanh", g.op("Add", total, g.weight(cell.b)))]
        case LayerNormLSTM():
            z = g.op("Add", projected, g.norm(recurrent, cell.norm_h))
            ifo, g_in = _split(g, z, 3 * D, D)
            i, f, o = _split(g, g.op("Sigmoid", ifo), D, D, D)
            new = g.op("Mul", i, g.op("Tanh", g_in))
            c = g.op("Add", g.op("Mul", f, state[1]), new)
            return [g.op("Mul", o, g.op("Tanh", g.norm(c, cell.norm_c))), c]
        case LayerNormGRU():
            x_rz, x_n = _split(g, projected, 2 * D, D)
            h_rz, h_n = _split(g, recurrent, 2 * D, D)
            rz = g.op("Sigmoid", g.op("Add", x_rz, g.norm(h_rz, cell.norm_h_rz)))
            r, z = _split(g, rz, D, D)
            inner = g.op("Mul", r, g.norm(h_n, cell.norm_h_n))
            n = g.op("Tanh", g.op("Add", x_n, inner))
            return [g.op("Add", n, g.op("Mul", z, g.op("Sub", h, n)))]


def _split(g: Graph, value: Value, *sizes: int) -> tuple[Value, ...]:
    return g.ops("Split", [value, g.ints(*sizes)], len(sizes), axis=-1)
