"""Which labels are taken for which: a row for each true label, a column for each label given.

               neg  pos   right
    neg        812  188   81.2%
    pos         97  903   90.3%

Only where every document has one label.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size

LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Confusion:
    """counts [C, C]: how many documents of label r (row) were given label c (column)."""

    names: tuple[str, ...]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, given: Sequence[int], truth: Sequence[int], names: Sequence[str]) -> "Confusion":
        """From the numbers of the labels given and of the true ones."""
        counts = np.zeros((len(names), len(names)), dtype=np.int64)
        np.add.at(counts, (np.asarray(truth, np.int64), np.asarray(given, np.int64)), 1)
        return cls(tuple(names), counts)

    @property
    def recall(self) -> NDArray[np.float64]:
        """The share of the documents of each label that was given it."""
        return self.counts.diagonal() / np.maximum(self.counts.sum(axis=1), 1)

    def table(self) -> str:
        """Plain text; columns are numbered where names would make it too wide."""
        names = [_clipped(name) for name in self.names]
        heads = (
            names if sum(map(cell_len, names)) <= 60 else list(map(str, range(1, len(names) + 1)))
        )
        if heads is not names:
            names = [f"{number} {name}" for number, name in zip(heads, names, strict=True)]
        rows = [["", *heads, "right"]]
        for name, counts, share in zip(names, self.counts.tolist(), self.recall, strict=True):
            rows.append([name, *map(str, counts), f"{share:.1%}" if sum(counts) else "-"])
        widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join(_line(row, widths) for row in rows)

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"labels": list(self.names), "counts": self.counts.tolist()}


def _line(row: list[str], widths: list[int]) -> str:
    first = row[0] + " " * (widths[0] - cell_len(row[0]))
    others = [
        " " * (width - cell_len(cell)) + cell
        for cell, width in zip(row[1:], widths[1:], strict=True)
    ]
    return "  ".join([first, *others]).rstrip()


def _clipped(name: str) -> str:
    if cell_len(name) <= LONGEST_LABEL:
        return name
    return set_cell_size(name, LONGEST_LABEL - 1).rstrip() + "…"
