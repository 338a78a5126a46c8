"""Sentences of like length side by side: few groups, and little padding.

A group is as wide as its longest sentence, so a group of n sentences of lengths l costs n * max l
positions. Sorted by length, the groups are runs; the cheapest cut into k runs is found exactly:

    cost_k(j) = min over i < j of cost_{k-1}(i) + length_j * (sentences of lengths i + 1 to j)

over the M distinct lengths, and k is the smallest for which padding stays within the limit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Lengths = NDArray[np.integer[Any]]

LIMIT = 0.18
"""Share of the word positions that may be padding."""


def grouped(lengths: Lengths, limit: float = LIMIT) -> list[NDArray[np.int64]]:
    """The sentences of each group by position, the groups from short to long: as few as the limit
    allows. Every length is at least 1."""
    order = np.argsort(lengths, kind="stable")
    distinct, counts = np.unique(lengths, return_counts=True)
    ends = np.cumsum(counts)
    return np.split(order, ends[_cuts(distinct, ends, limit)])


def padding(lengths: Lengths, groups: list[NDArray[np.int64]]) -> float:
    """Share of the positions of all groups that is padding."""
    positions = sum(len(group) * int(lengths[group].max()) for group in groups)
    return 1 - int(lengths.sum()) / positions if positions else 0.0


def _cuts(distinct: Lengths, ends: NDArray[np.int64], limit: float) -> list[int]:
    """Which of the distinct lengths are the last of a group, the very last left out."""
    words = float((distinct * np.diff(ends, prepend=0)).sum())
    M = len(distinct)
    before = np.concatenate([[0], ends])
    # Row i, column j: the cost of one group from distinct length i to j, both included.
    alone = distinct[None, :] * (before[None, 1:] - before[:-1, None]).astype(np.float64)
    alone[np.tril_indices(M, -1)] = np.inf
    cost, starts = alone[0], list[NDArray[np.int64]]()
    while cost[-1] * (1 - limit) > words:
        choices = np.concatenate([[np.inf], cost[:-1]])[:, None] + alone
        starts.append(choices.argmin(axis=0))
        cost = choices.min(axis=0)
    return _traced(starts, M)


def _traced(starts: list[NDArray[np.int64]], M: int) -> list[int]:
    cuts: list[int] = []
    last = M - 1
    for start in reversed(starts):
        last = int(start[last]) - 1
        cuts.append(last)
    return cuts[::-1]
