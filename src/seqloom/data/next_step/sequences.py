"""Sequences as batches: neighbours are of like length, and what a batch holds is padded by its `collate`.

An epoch's order is a function of the seed and its number. The sequences are shuffled, sorted by length
within pools of many batches, cut into batches, and the batches are shuffled.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

BatchT = TypeVar("BatchT")
POOL = 32
"""Batches that are sorted together."""


class SequenceBatches(Generic[BatchT]):
    """collate     what makes a batch of the sequences with these numbers, from 0
    max_rows    sequences in a batch at most
    max_padded  steps in a batch at most, padding counted, unless one sequence alone has more"""

    def __init__(
        self,
        lengths: Sequence[int],
        collate: Callable[[NDArray[np.int64]], BatchT],
        max_rows: int,
        max_padded: int,
        seed: int,
    ) -> None:
        self.lengths = np.asarray(lengths, dtype=np.int64)
        self.collate = collate
        self.max_rows = max_rows
        self.max_padded = max_padded
        self.seed = seed

    def epoch(self, number: int, skip: int = 0) -> Iterator[BatchT]:
        return (self.collate(rows) for rows in self._shuffled(number)[skip:])

    def num_batches(self, epoch: int) -> int:
        return len(self._shuffled(epoch))

    def in_order(self) -> Iterator[BatchT]:
        """The shortest first, once each."""
        order = np.argsort(self.lengths, kind="stable")
        return (self.collate(rows) for rows in self._cut(order))

    def _shuffled(self, number: int) -> list[NDArray[np.int64]]:
        random = np.random.default_rng([self.seed, number])
        order = random.permutation(len(self.lengths))
        size = POOL * self.max_rows
        pools = [order[start : start + size] for start in range(0, len(order), size)]
        batches = [
            rows
            for pool in pools
            for rows in self._cut(pool[np.argsort(self.lengths[pool], kind="stable")])
        ]
        return [batches[place] for place in random.permutation(len(batches))]

    def _cut(self, order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Lengths rise within `order`, so the last of a batch is its longest."""
        start = 0
        for end in range(1, len(order) + 1):
            more = end < len(order)
            padded = self.lengths[order[end]] * (end + 1 - start) if more else 0
            if not more or end - start == self.max_rows or padded > self.max_padded:
                yield order[start:end]
                start = end
