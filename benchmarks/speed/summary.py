"""Medians over rounds, and ratios within them.

On a shared machine absolute times drift; what is compared is measured in the same round, turn by turn.
So a ratio is formed round by round, and the median of the ratios is the result.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import median

Rounds = Sequence[float | None]
"""A figure round by round; None where a system gave none."""


def middle(rounds: Rounds) -> float | None:
    """The median of the rounds that have a figure."""
    present = [value for value in rounds if value is not None]
    return median(present) if present else None


def spread(rounds: Rounds) -> tuple[float, float] | None:
    """The lowest and the highest."""
    present = [value for value in rounds if value is not None]
    return (min(present), max(present)) if present else None


def ratio(ours: Rounds, theirs: Rounds) -> float | None:
    """The median of ours / theirs over the rounds that have both."""
    both = zip(ours, theirs, strict=False)
    return middle([a / b for a, b in both if a is not None and b])


def best(systems: Mapping[str, Rounds], *, lowest: bool) -> str | None:
    """The system with the best median; None if there is no figure at all."""
    medians = {name: value for name, rounds in systems.items() if (value := middle(rounds))}
    if not medians:
        return None
    return (min if lowest else max)(medians, key=medians.__getitem__)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
