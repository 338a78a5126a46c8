"""What a table shows, said in a sentence: where HAN is above others, below them, or not told apart.

    d = mean(x) - mean(y),   d -+ t s,   s^2 = s_x^2 / n_x + s_y^2 / n_y        Welch's t, 95%

A row whose scores are not drawn by chance has one seed and s_y = 0, which leaves Student's t of the other.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from math import sqrt
from statistics import fmean, variance
from typing import Any, NamedTuple

SUBJECT = "HAN"


class Interval(NamedTuple):
    """Of a difference, in points."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:+.2f} to {self.high:+.2f}"


def difference(one: Sequence[float], other: Sequence[float]) -> Interval | None:
    """The 95% interval of mean(one) - mean(other); a single value counts as exact. None if both are."""
    spreads = [(variance(values) / len(values), len(values) - 1) for values in (one, other)
               if len(values) > 1]  # fmt: skip
    total = sum(spread for spread, _ in spreads)
    apart = fmean(one) - fmean(other)
    if not spreads:
        return None
    if not total:
        return Interval(apart, apart)
    freedom = total**2 / sum(spread**2 / more for spread, more in spreads)
    statistics: Any = import_module("scipy.stats")
    half = float(statistics.t.ppf(0.975, freedom)) * sqrt(total)
    return Interval(apart - half, apart + half)


def compared(what: str, values: Mapping[str, Sequence[float]], exact: Sequence[str]) -> str:
    """HAN against every other row by `what`; '' if there is nothing to compare.

    exact  the rows that are not drawn by chance; any other needs two seeds
    """
    known = {name: each for name, each in values.items() if len(each) > 1 or name in exact}
    if SUBJECT not in known:
        return ""
    own = known.pop(SUBJECT)
    found = {name: difference(own, each) for name, each in known.items()}
    told = [(name, each) for name, each in found.items() if each is not None]
    return _sentence(
        f"{what}: {SUBJECT} is",
        {
            "above": [f"{name} ({each})" for name, each in told if each.low > 0],
            "below": [f"{name} ({each})" for name, each in told if each.high < 0],
            "not told apart from": [
                f"{name} ({each})" for name, each in told if each.low <= 0 <= each.high
            ],
        },
    )


def gaps(values: Mapping[str, Sequence[float]], order: str) -> str:
    """By unit whether taking out what weighs most lowers the probability by more than another order."""
    found = [(name, difference(each, [0.0])) for name, each in values.items()]
    return _sentence(
        f"Taking out what weighs most, against {order}: the curve is",
        {
            "lower for": [name for name, each in found if each and each.low > 0],
            "higher for": [name for name, each in found if each and each.high < 0],
            "not told apart (the interval has 0 in it) for": [
                f"{name}{_all_lower(values[name])}"
                for name, each in found
                if each and each.low <= 0 <= each.high
            ],
            "known from one seed only for": [name for name, each in found if each is None],
        },
    )


def _listed(names: Sequence[str]) -> str:
    return ("; " if any(", " in name for name in names) else ", ").join(names)


def _all_lower(values: Sequence[float]) -> str:
    """What an interval of few seeds hides."""
    return f", though lower with each of the {len(values)} seeds" if min(values) > 0 else ""


def _sentence(opening: str, parts: Mapping[str, Sequence[str]]) -> str:
    said = [f"{verb} {_listed(names)}" for verb, names in parts.items() if names]
    return f"{opening} {'; '.join(said)}." if said else ""
