"""The simplest model of strokes: every point is drawn from one and the same distribution, whatever was
before it. What a predictor has to beat.

    p(z, pen, over) = N(z | 0, 1, rho) * pen^b (1 - pen)^(1 - b) * over^e (1 - over)^(1 - e)

z are standardised offsets, b says that the pen is lifted, e that the drawing is over after the point. The
four numbers are those of the training set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log, pi

import numpy as np

from seqloom.search.stepper import Reals

_LEAST = 1e-6
"""No chance is surer than that, and no correlation closer to 1."""


@dataclass(frozen=True, slots=True)
class Unigram:
    rho: float
    pen: float
    over: float

    @classmethod
    def of(cls, points: Sequence[Reals]) -> "Unigram":
        """Of standardised drawings [T, 3], those points that are predicted."""
        every = np.concatenate(points).astype(np.float64)
        rho = float(np.mean(every[:, 0] * every[:, 1]))
        pen, over = float(every[:, 2].mean()), len(points) / len(every)
        return cls(_inside(rho, -1.0), _inside(pen, 0.0), _inside(over, 0.0))

    def nats(self, points: Sequence[Reals], ends: bool) -> float:
        """-log p of a set, with or without the ends of its drawings."""
        every = np.concatenate(points).astype(np.float64)
        x, y, lifted = every.T
        spare = 1 - self.rho**2
        distance = (x**2 + y**2 - 2 * self.rho * x * y) / (2 * spare)
        total = float(distance.sum()) + len(every) * (log(2 * pi) + 0.5 * log(spare))
        total += _coded(float(lifted.sum()), len(every), self.pen)
        return total + (_coded(len(points), len(every), self.over) if ends else 0.0)

    @property
    def usable(self) -> bool:
        return abs(self.rho) < 1 and all(isfinite(p) and 0 < p < 1 for p in (self.pen, self.over))


def _inside(value: float, least: float) -> float:
    return float(np.clip(value, least + _LEAST, 1 - _LEAST))


def _coded(ones: float, count: int, chance: float) -> float:
    """Nats of so many ones among `count` bits."""
    return -ones * log(chance) - (count - ones) * log(1 - chance)
