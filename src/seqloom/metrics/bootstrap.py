"""How far a score would move with other items of the same kind (Efron 1979; Koehn 2004).

A resample draws I of the I items with replacement; the percentile interval leaves out as many of
the resampled scores at either end. Two systems are compared on the same resamples (paired), so
that items hard for both do not blur the difference. The p value is the share of resamples whose
difference strays from their mean by at least the difference seen:

    p = (1 + #{r : |d_r - mean d| >= |d|}) / (1 + R)

Sizes: I items, C counts of an item, R resamples.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.metrics.tally import Counts, Tally

CONFIDENCE = 0.95


class Interval(NamedTuple):
    low: float
    high: float


class Difference(NamedTuple):
    """First minus second, its interval, and how likely a larger one is if both were alike."""

    value: float
    low: float
    high: float
    p_value: float


def resample(counts: Counts, resamples: int, seed: int) -> Counts:
    """Sums [R, C] of the counts of R resamples. Equal I, R and seed draw the same items."""
    random = np.random.default_rng(seed)
    items = len(counts)
    sums = np.empty((resamples, counts.shape[1]))
    for row in sums:
        drawn = random.integers(items, size=items)
        row[:] = np.bincount(drawn, minlength=items) @ counts
    return sums


def percentiles(scores: NDArray[np.float64]) -> Interval:
    """The middle 95 % of the scores; both ends are scores that occurred."""
    ordered = np.sort(scores)
    skip = int(len(ordered) * (1.0 - CONFIDENCE) / 2.0)
    return Interval(float(ordered[skip]), float(ordered[-1 - skip]))


def intervals(tallies: list[Tally], resamples: int, seed: int) -> list[Interval]:
    """One interval for each tally of the same items, all from the same resamples."""
    sums = resample(np.hstack([tally.counts for tally in tallies]), resamples, seed)
    ends = np.cumsum([tally.counts.shape[1] for tally in tallies])[:-1]
    blocks = np.split(sums, ends, axis=1)
    return [percentiles(tally.rate(block)) for tally, block in zip(tallies, blocks, strict=True)]


def difference(first: Tally, second: Tally, resamples: int, seed: int) -> Difference:
    """Paired comparison of two systems on the same items."""
    seen = first.value - second.value
    drawn = first.rate(resample(first.counts, resamples, seed))
    drawn = drawn - second.rate(resample(second.counts, resamples, seed))
    strayed = np.abs(drawn - drawn.mean()) >= abs(seen)
    p_value = (1 + int(strayed.sum())) / (1 + resamples)
    return Difference(seen, *percentiles(drawn), p_value)
