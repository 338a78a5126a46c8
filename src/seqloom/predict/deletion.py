"""Does attention point at what decides? Words, or whole sentences, are taken out of a document, those
with the largest weights first, and the probability of the label that it was given is asked again.

    most    the units with the largest weights
    least   those with the smallest
    random  units drawn by chance; the mean of several draws

An attention that says something has its curve fall faster than chance, and the least fall slower.
A document is never emptied: what is taken out is at most a share of it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.predict.document import DocumentResult

Unit = Literal["word", "sentence"]
Order = Literal["most", "least", "random"]
Numbers = NDArray[np.float64]
ORDERS: tuple[Order, ...] = ("most", "least", "random")
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)


class Text(NamedTuple):
    """A document as pieces, sentence by sentence."""

    sentences: tuple[tuple[str, ...], ...]

    def without(self, gone: set[int], unit: Unit) -> list[list[str]]:
        """What is left: units are numbered through the whole document."""
        if unit == "sentence":
            return [[*each] for place, each in enumerate(self.sentences) if place not in gone]
        firsts = accumulate(map(len, self.sentences), initial=0)
        left = [
            [piece for place, piece in enumerate(each, start=first) if place not in gone]
            for each, first in zip(self.sentences, firsts, strict=False)
        ]
        return [each for each in left if each]


@dataclass(frozen=True, slots=True)
class Deletion:
    """shares [k] of the units taken out, and the mean probability of the label first given, by order."""

    unit: Unit
    documents: int
    shares: tuple[float, ...]
    curves: dict[Order, tuple[float, ...]]

    @property
    def lowered(self) -> float:
        """The mean distance of the curve of the most heavily weighted below that of chance: what the
        weights know."""
        apart = np.subtract(self.curves["random"], self.curves["most"])
        return float(np.trapezoid(apart, self.shares) / (self.shares[-1] - self.shares[0]))

    def to_dict(self) -> dict[str, object]:
        return {
            "unit": self.unit,
            "documents": self.documents,
            "shares": list(self.shares),
            "curves": {name: list(curve) for name, curve in self.curves.items()},
            "lowered": self.lowered,
        }


Probability = Callable[[Sequence[tuple[list[list[str]], str]]], list[float]]
"""Documents as sentences of pieces, each with a label -> the probability of that label."""


def deletion(
    results: Iterable[DocumentResult],
    probability: Probability,
    unit: Unit,
    *,
    shares: Sequence[float] = SHARES,
    draws: int = 3,
    seed: int = 1,
) -> Deletion:
    """The three curves over documents of two units and more."""
    random = np.random.default_rng(seed)
    sums: dict[Order, Numbers] = {order: np.zeros(len(shares)) for order in ORDERS}
    count = 0
    for result in results:
        weights = _weights(result, unit)
        if len(weights) < 2 or not result.labels:
            continue
        text = Text(tuple(sentence.pieces for sentence in result.sentences))
        orders = _orders(weights, draws, random)
        asked = [
            (text.without({*order[: round(share * len(weights))].tolist()}, unit), result.labels[0])
            for _, order in orders
            for share in shares
        ]
        found = np.array(probability(asked)).reshape(len(orders), len(shares))
        for (name, _), curve in zip(orders, found, strict=True):
            sums[name] += curve / (draws if name == "random" else 1)
        count += 1
    curves: dict[Order, tuple[float, ...]] = {
        name: tuple((total / max(1, count)).tolist()) for name, total in sums.items()
    }
    return Deletion(unit, count, tuple(shares), curves)


def _weights(result: DocumentResult, unit: Unit) -> Numbers:
    if unit == "sentence":
        return np.array([sentence.weight for sentence in result.sentences])
    return np.array([shade for row in result.shades() for shade in row])


def _orders(
    weights: Numbers, draws: int, random: np.random.Generator
) -> list[tuple[Order, NDArray[np.int64]]]:
    rising = np.argsort(weights, kind="stable")
    drawn = [random.permutation(len(weights)) for _ in range(draws)]
    return [("most", rising[::-1]), ("least", rising), *(("random", each) for each in drawn)]
