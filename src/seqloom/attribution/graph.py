"""Decoder states in a graph (HNSW, Malkov & Yashunin 2018), for more of them than can be compared one by
one: a search walks from state to near state, and may miss one that exact search would find.

usearch does the work (the extra `neighbours`). Its file holds the states too, in float16, and is mapped,
not read; it is data, and nothing in it is executed. Distances are worked out anew from the states that are
found, so that they are those of exact search.

Sizes: n states, F features, T states asked about, k neighbours.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.extras import needs
from seqloom.search.stepper import Ids, Reals

CONNECTIONS, ADDING, SEARCHING = 16, 128, 512
"""Of a state in the graph; candidates looked at when one is added, and when one is asked about."""
MORE = 4
"""Times as many are found as are wanted: float16 rounds what is asked, and equals have an order."""
_KIND = {"metric": "l2sq", "dtype": "f16"}


class Graph:
    """n states [n, F]."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def empty(cls, features: int) -> "Graph":
        """To be filled. Raises MissingExtra without usearch."""
        library = _library()
        return cls(
            library.Index(
                ndim=features,
                connectivity=CONNECTIONS,
                expansion_add=ADDING,
                expansion_search=SEARCHING,
                **_KIND,
            )
        )

    @classmethod
    def load(cls, path: Path) -> "Graph":
        """Raises ValueError for a file of another kind, or one that is not whole."""
        library = _library()
        try:
            about = library.Index.metadata(str(path))
            index = library.Index.restore(str(path), view=True) if about else None
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        if index is None or (str(index.dtype), str(index.metric_kind)) != _NAMES:
            raise ValueError(f"{path.name} is no graph of states")
        index.expansion_search = SEARCHING
        return cls(index)

    def __len__(self) -> int:
        return len(self._index)

    def add(self, states: NDArray[np.float16]) -> None:
        first = len(self)
        self._index.add(np.arange(first, first + len(states), dtype=np.uint64), states)

    def save(self, path: Path) -> None:
        self._index.save(str(path))

    def nearest(self, asked: Reals, k: int) -> tuple[NDArray[np.float64], Ids]:
        """Distances and rows [T, k], the nearest first; of equals the one met first."""
        count = min(MORE * k, len(self))
        found = self._index.search(asked.astype(np.float16), count)
        rows = np.asarray(found.keys).reshape(len(asked), count).astype(np.int64)
        states = np.asarray(self._index.get(rows.reshape(-1).astype(np.uint64)))
        apart = asked[:, None] - states.reshape(len(asked), count, -1).astype(np.float32)
        distances = np.sqrt((apart.astype(np.float64) ** 2).sum(axis=2))
        order = np.lexsort((rows, distances), axis=1)[:, :k]
        return np.take_along_axis(distances, order, 1), np.take_along_axis(rows, order, 1)


_NAMES = ("ScalarKind.F16", "MetricKind.L2sq")


def check_library() -> None:
    """Raises MissingExtra without usearch."""
    _library()


def _library() -> Any:
    with needs("neighbours", "Finding neighbours among so many states"):
        import usearch.index
    return usearch.index
