"""Windows over a table as pairs: past rows in, following rows out. A batch is cut from the table when it
is asked for; nothing is copied for an epoch.

Sizes: N rows, B windows, P past rows, T rows ahead, F columns, G of them forecast, C features of the date.
"""

from dataclasses import dataclass

import numpy as np

from seqloom.data.frames.batch import FrameBatch, Level, level_of
from seqloom.search.stepper import Ids, Reals


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowSet:
    """values [N, F], standardised; dates [N, C]; starts: the first row of every window; targets: which
    columns are forecast."""

    values: Reals
    dates: Reals
    starts: Ids
    past: int
    horizon: int
    targets: Ids
    level: Level

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def lengths(self) -> tuple[Ids, Ids]:
        """Source and target frames of every window."""
        return np.full(len(self), self.past), np.full(len(self), self.horizon)

    def batch(self, indices: Ids) -> FrameBatch:
        starts = self.starts[indices]
        before = starts[:, None] + np.arange(self.past)
        after = starts[:, None] + self.past + np.arange(self.horizon)
        source = self.values[before]
        offset, factor = level_of(source, self.level)
        source = (source - offset[:, None]) / factor[:, None]
        first = source[:, -1, self.targets]
        offset, factor = offset[:, self.targets], factor[:, self.targets]
        target = self.values[after[:, :, None], self.targets]
        many = np.ones(len(indices), np.int64)
        return FrameBatch(
            source=np.concatenate([source, self.dates[before]], axis=2),
            source_lengths=many * self.past,
            target=(target - offset[:, None]) / factor[:, None],
            target_lengths=many * self.horizon,
            known=self.dates[after],
            first=first,
            offset=offset,
            factor=factor,
            indices=indices,
        )
