"""What the seeds come to: their mean, and how far the mean may be off.

    mean +- t s / sqrt(n)      s the standard deviation of n seeds, t Student's for 95%

Where there are several tasks, the score of a seed is its mean over them.

Sizes: n seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf, sqrt
from statistics import fmean, stdev
from typing import Any

# Two-sided 95% quantiles of Student's t for 1, 2, ... degrees of freedom; beyond them the normal's.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
_NORMAL = 1.960

Result = Mapping[str, Any]
"""What a cell wrote into result.json."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`half` is half the 95% interval, None for a single seed."""

    mean: float
    half: float | None
    seeds: int

    def __str__(self) -> str:
        return f"{self.mean:.2f}" + ("" if self.half is None else f" ± {self.half:.2f}")


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and interval of one value for each seed."""
    n = len(values)
    if n < 2 or any(map(isinf, values)):
        return Estimate(fmean(values), None, n)
    t = _T[n - 2] if n - 2 < len(_T) else _NORMAL
    return Estimate(fmean(values), t * stdev(values) / sqrt(n), n)


def of_score(results: Sequence[Result], metric: str) -> Estimate | None:
    """One row's score: the mean over its tasks of each seed that has all of them."""
    return over_seeds([(r, _number(r["scores"][metric]["value"])) for r in results])


def of_cost(results: Sequence[Result], name: str) -> Estimate | None:
    """One row's cost: 'train_minutes', 'peak_megabytes', 'parameters', ...; None where a result of an
    earlier version does not tell it."""
    if any(r.get(name) is None for r in results):
        return None
    return over_seeds([(r, float(r[name])) for r in results])


def over_seeds(values: Sequence[tuple[Result, float]]) -> Estimate | None:
    """Results with a value each; None if no seed has all the tasks."""
    tasks = {result["task"] for result, _ in values}
    seeds: dict[int, list[float]] = {}
    for result, value in values:
        seeds.setdefault(result["seed"], []).append(value)
    whole = [fmean(of_seed) for of_seed in seeds.values() if len(of_seed) == len(tasks)]
    return estimate(whole) if whole else None


def _number(value: float | None) -> float:
    """JSON has no infinity: a perplexity beyond all numbers stands there as null."""
    return inf if value is None else float(value)
