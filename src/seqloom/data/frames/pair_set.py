"""Pairs of standardised sequences of any length.

Sizes: N pairs, B of them in a batch, F source features, G target features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqloom.data.frames.batch import FrameBatch, padded
from seqloom.search.stepper import Ids, Reals


@dataclass(frozen=True, eq=False)
class PairSet:
    """sources [S, F] each, targets [T, G] each."""

    sources: Sequence[Reals]
    targets: Sequence[Reals]

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def lengths(self) -> tuple[Ids, Ids]:
        """Source and target frames of every pair."""
        return _lengths(self.sources), _lengths(self.targets)

    def batch(self, indices: Ids) -> FrameBatch:
        source, source_lengths = padded([self.sources[index] for index in indices.tolist()])
        target, target_lengths = padded([self.targets[index] for index in indices.tolist()])
        size, longest, width = target.shape
        still = np.zeros((size, width), np.float32)
        return FrameBatch(
            source=source,
            source_lengths=source_lengths,
            target=target,
            target_lengths=target_lengths,
            known=np.zeros((size, longest, 0), np.float32),
            first=still,
            offset=still,
            factor=np.ones((size, width), np.float32),
            indices=indices,
        )


def _lengths(sequences: Sequence[Reals]) -> Ids:
    return np.array([len(each) for each in sequences], dtype=np.int64)
