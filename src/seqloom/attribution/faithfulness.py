"""How far to trust an attribution: does erasing what it names first hurt the output most?

The deletion curve (Samek 2017, DeYoung 2020): tokens of the source are erased one after the other, those
first whose attribution, added up over the output, is largest, and log p of the same output is watched.

    ordered(q)   log p(y | x), a share q of x erased in the order of the attribution
    random(q)    the mean of the same over some orders drawn by chance
    area         integral over q of random(q) - ordered(q)          in nats
    spread       standard deviation of the area of one random order, measured against their mean

An area well above the spread says that the attribution knows what the output rests on; one around 0 that
it does no better than chance, however telling its picture. A long source is erased in MOST_POINTS strides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.attribution.erased import Erasable, Erasing
from seqloom.search.stepper import Reals

ORDERS = 8
"""Orders drawn by chance."""
MOST_POINTS = 16
"""Points of a curve besides the whole source."""

_TAKES = "which takes twice the ±"
_Curves = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """The curves over `erased`, how many tokens were erased at each point, and the figures.

    order  the places of the source tokens, in the order in which the attribution names them
    """

    erased: tuple[int, ...]
    ordered: tuple[float, ...]
    random: tuple[float, ...]
    area: float
    spread: float
    erasing: Erasing
    order: tuple[int, ...]

    def __str__(self) -> str:
        clear = self.area > 2 * self.spread
        verdict = "better than chance" if clear else f"not clearly better than chance, {_TAKES}"
        return f"faithfulness {self.area:+.2f} nats (chance ±{self.spread:.2f}): {verdict}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "area": round(self.area, 4),
            "spread": round(self.spread, 4),
            "erasing": self.erasing,
            "order": list(self.order),
            "erased": list(self.erased),
            "ordered": [round(value, 4) for value in self.ordered],
            "random": [round(value, 4) for value in self.random],
        }


def faithfulness(source: Erasable, weights: Reals, orders: int = ORDERS) -> Faithfulness | None:
    """Of an attribution [T, S]; None where there are not two parts to choose from."""
    count = source.num_erasable
    if count < 2:
        return None
    own = np.argsort(-weights[:, :count].sum(axis=0), kind="stable").tolist()
    drawn = [_drawn(seed, count) for seed in range(orders)]
    erased = _points(count)
    curves = _curves(source, [own, *drawn], erased)
    shares = np.array(erased) / count
    ordered, random = curves[0], curves[1:].mean(axis=0)
    between = random - curves
    areas = ((between[:, 1:] + between[:, :-1]) / 2 * np.diff(shares)).sum(axis=1)
    return Faithfulness(
        tuple(erased),
        tuple(ordered.tolist()),
        tuple(random.tolist()),
        float(areas[0]),
        float(areas[1:].std(ddof=1)) if orders > 1 else 0.0,
        source.erasing,
        tuple(own),
    )


def _drawn(seed: int, count: int) -> list[int]:
    """An order whose numbers are the same in every numpy release."""
    random = np.random.Generator(np.random.PCG64(seed))
    return np.argsort(random.random(count), kind="stable").tolist()


def _points(count: int) -> list[int]:
    """None erased, all erased, and evenly between."""
    points = np.linspace(0, count, min(count, MOST_POINTS) + 1)
    return np.unique(points.round().astype(int)).tolist()


def _curves(source: Erasable, orders: Sequence[Sequence[int]], erased: Sequence[int]) -> _Curves:
    """log p of the output, [orders, points]; the same source is scored once."""
    wanted = [frozenset(order[:count]) for order in orders for count in erased]
    different = {places: row for row, places in enumerate(dict.fromkeys(wanted))}
    sums = source.log_probs(list(different)).sum(axis=1, dtype=np.float64)
    rows = [different[places] for places in wanted]
    return sums[rows].reshape(len(orders), len(erased))
