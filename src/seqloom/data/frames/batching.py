"""The batches of an epoch: pairs of like length meet, within limits on pairs and on padded frames, and
the batches come in random order. Where all pairs are of one length, as windows are, every batch is a
random draw. An epoch is a function of its seed and number alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from seqloom.data.frames.batch import FrameBatch
from seqloom.search.stepper import Ids

_JITTER = 0.1
"""Share of a length that pairs are sorted out of place by, so that epochs differ."""


class FrameSet(Protocol):
    """Pairs that can be counted, measured and put side by side."""

    def __len__(self) -> int: ...

    @property
    def lengths(self) -> tuple[Ids, Ids]:
        """Source and target frames of every pair."""
        ...

    def batch(self, indices: Ids) -> FrameBatch: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBatches:
    """A set as batches.

    max_pairs   pairs in a batch at most
    max_frames  padded source plus target frames in a batch at most; a longer pair is alone
    """

    set: FrameSet
    max_pairs: int
    max_frames: int
    seed: int

    def epoch(self, number: int, skip: int = 0) -> Iterator[FrameBatch]:
        """The shuffled batches of one epoch, from batch `skip` on."""
        return map(self.set.batch, self._plan(number)[skip:])

    def in_order(self) -> Iterator[FrameBatch]:
        """Every pair once, always in the same batches."""
        source, target = self.set.lengths
        return map(self.set.batch, self._cut(np.lexsort((target, source))))

    def num_batches(self, epoch: int) -> int:
        return len(self._plan(epoch))

    def _plan(self, epoch: int) -> list[Ids]:
        # numpy takes no negative seeds.
        random = np.random.Generator(np.random.PCG64([self.seed % (1 << 64), epoch]))
        source, target = self.set.lengths
        chance = random.random(len(source))
        about = np.round((source + target) * (1 + _JITTER * random.random(len(source))) / 8)
        equal = len(source) and (source == source[0]).all() and (target == target[0]).all()
        order = np.argsort(chance) if equal else np.lexsort((chance, about))
        batches = self._cut(order)
        return [batches[index] for index in np.argsort(random.random(len(batches)))]

    def _cut(self, order: Ids) -> list[Ids]:
        """Runs of pairs in `order` as long as the limits allow."""
        source, target = self.set.lengths
        cuts: list[int] = []
        first = longest_source = longest_target = 0
        for position, index in enumerate(order.tolist()):
            longest_source = max(longest_source, int(source[index]))
            longest_target = max(longest_target, int(target[index]))
            pairs = position - first + 1
            frames = pairs * (longest_source + longest_target)
            if pairs > 1 and (pairs > self.max_pairs or frames > self.max_frames):
                cuts.append(position)
                first = position
                longest_source, longest_target = int(source[index]), int(target[index])
        return np.split(order, cuts)
