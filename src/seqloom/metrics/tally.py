"""A metric as counts that add up, and the formula that turns their sums into a score.

    score = rate(sum_i counts_i)

Every item has one row of counts: edits and reference length for PER, matched n-grams for BLEU, log
probability and tokens for perplexity. A bootstrap then only has to add rows up again, and never
looks at a text twice.

Sizes: I items, C counts of an item, R rows of sums.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Rate = Callable[[Counts], NDArray[np.float64]]
"""[R, C] sums -> [R] scores."""


@dataclass(frozen=True, slots=True)
class Tally:
    """counts [I, C], the formula, and for metrics with many variants the signature of this one."""

    counts: Counts
    rate: Rate
    signature: str = ""

    @property
    def value(self) -> float:
        """The score over all items."""
        return float(self.rate(self.counts.sum(axis=0, keepdims=True))[0])


def percent(sums: Counts) -> NDArray[np.float64]:
    """100 * first / second. Where the second is 0 it is taken as 1: each edit of an empty reference
    counts 100."""
    return 100.0 * sums[:, 0] / np.maximum(sums[:, 1], 1.0)
