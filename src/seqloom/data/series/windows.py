"""Windows over a table: the rows that are known, and the rows that follow and are to be forecast.

    source  table[i : i + past]                          i = 0, stride, 2 stride, ...
    target  table[i + past : i + past + horizon]

Parts are cut by counts of rows, in order of time. Validation and test begin `past` rows earlier than
their own first row, so that their first target is their first row, as the published figures for ETT
have it; their targets never overlap those of another part.

Sizes: N rows, F features.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals

ETT_HOURS = (12 * 30 * 24, 4 * 30 * 24, 4 * 30 * 24)
"""Rows of train, validation and test of ETTh1 and ETTh2: months of 30 days (Zhou et al. 2021)."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Pairs cut from a table on demand. Those that hold a row of NaN are not among them."""

    table: Reals
    past: int
    horizon: int
    starts: Ids

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> tuple[Reals, Reals]:
        """Source [past, F] and target [horizon, F], as views of the table."""
        start = self.starts[index]
        middle = start + self.past
        return self.table[start:middle], self.table[middle : middle + self.horizon]

    def __iter__(self) -> Iterator[tuple[Reals, Reals]]:
        return (self[index] for index in range(len(self)))


def windows(table: Reals, past: int, horizon: int, stride: int = 1) -> Windows:
    """All windows of a table [N, F]. Raises UserError if it is too short for one."""
    assert past > 0
    assert horizon > 0
    assert stride > 0
    size = past + horizon
    if len(table) < size:
        raise UserError(
            f"a window takes {past} + {horizon} = {size} rows, but there are {len(table)}. "
            "Give more rows, or take a shorter past or horizon."
        )
    starts = np.arange(0, len(table) - size + 1, stride)
    missing = np.concatenate([[0], np.cumsum(~np.isfinite(table).all(axis=1))])
    whole = missing[starts + size] == missing[starts]
    return Windows(table, past, horizon, starts[whole])


def parts(table: Reals, counts: Sequence[int], past: int) -> list[Reals]:
    """Consecutive parts of that many rows each; every one but the first also has the `past` rows
    before it. Rows behind the last part are left out."""
    if sum(counts) > len(table):
        raise UserError(
            f"the parts take {' + '.join(map(str, counts))} = {sum(counts)} rows, but there are "
            f"{len(table)}. Give more rows, or take smaller parts."
        )
    ends = np.cumsum(counts).tolist()
    starts = [0, *(max(0, end - past) for end in ends[:-1])]
    return [table[start:end] for start, end in zip(starts, ends, strict=True)]
