"""How the rows of a step belong to sources: N = B * W rows ask B sources, the W rows of a source side
by side, and nothing that is fixed for a source is repeated in memory.

Sizes: B sources, W rows of each, N = B * W rows, D features.
"""

from seqloom.export.graph import Graph, Value

BATCH, SOURCE, ROWS = "batch", "source", "rows"
"""What the sizes are called that are not known."""


class Rows:
    """How rows belong to sources. `batch` is B as a list of one number; None where W is 1."""

    def __init__(self, graph: Graph, batch: Value | None) -> None:
        self._graph = graph
        self._batch = batch

    @property
    def batch(self) -> Value:
        """B, or what Reshape takes for as many as there are."""
        return self._graph.ints(0) if self._batch is None else self._batch

    def grouped(self, rows: Value, features: int | Value) -> Value:
        """[N, D] as [B, W, D]."""
        if self._batch is None:
            return self._graph.unsqueeze(rows, 1)
        g = self._graph
        return g.op("Reshape", rows, g.shape(self._batch, -1, features))

    def flat(self, groups: Value) -> Value:
        """[B, W, D] as [N, D]."""
        g = self._graph
        if self._batch is None:
            return g.squeeze(groups, 1)
        return g.op("Reshape", groups, g.shape(-1, g.size(groups, 2)))

    def each(self, fixed: Value, rows: Value) -> Value:
        """[B, D], fixed for a source, for each of its rows; `rows` is any [N, ...]."""
        if self._batch is None:
            return fixed
        g = self._graph
        width = g.op("Div", g.size(rows, 0), self._batch)
        wide = g.op("Expand", g.unsqueeze(fixed, 1), g.shape(1, width, 1))
        return self.flat(wide)
