"""Does attention point at what decides? Words, or whole sentences, are taken out of a document, those
with the largest weights first, and the probability of the label that it was given is asked again.

    most    the units with the largest weights
    least   those with the smallest
    random  units drawn by chance; the mean of several draws

An attention that says something has its curve fall faster than chance, and the least fall slower.
A document is never emptied: what is taken out is at most a share of it. Units are taken out of what the
model reads, the ids: put together again as text, the words on both sides of a gap could become one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqloom.data.documents.cut import Sentence
from seqloom.predict.document import DocumentResult

Unit = Literal["word", "sentence"]
Order = Literal["most", "least", "random"]
Numbers = NDArray[np.float64]
T = TypeVar("T")
ORDERS: tuple[Order, ...] = ("most", "least", "random")
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)


class Answered(NamedTuple):
    """A document as it was read, and the answer to it."""

    sentences: list[Sentence]
    result: DocumentResult


def without(sentences: Sequence[Sentence], gone: set[int], unit: Unit) -> list[Sentence]:
    """What is left: units are numbered through the whole document."""
    if unit == "sentence":
        return [each for place, each in enumerate(sentences) if place not in gone]
    firsts = accumulate((len(each.words) for each in sentences), initial=0)
    left = [_kept(each, first, gone) for each, first in zip(sentences, firsts, strict=False)]
    return [each for each in left if each.words]


def _kept(sentence: Sentence, first: int, gone: set[int]) -> Sentence:
    places = [place for place in range(len(sentence.words)) if first + place not in gone]
    return Sentence([sentence.words[i] for i in places], [sentence.pieces[i] for i in places])


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


Probability = Callable[[Sequence[tuple[list[Sentence], str]]], list[float]]
"""Documents as sentences, each with a label -> the probability of that label."""


def deletion(
    documents: Iterable[Answered],
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
    for sentences, result in documents:
        weights = _weights(result, unit)
        if len(weights) < 2 or not result.labels:
            continue
        orders = _orders(weights, draws, random)
        asked = [
            (without(sentences, _first(order, share), unit), result.labels[0])
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


def drawn(documents: Iterable[T], count: int, seed: int) -> list[T]:
    """So many of a stream, each as likely as any other, in the stream's order: place i of the stream
    takes one of `count` seats with probability count / i (Vitter 1985, algorithm R)."""
    random, seats = np.random.default_rng(seed), list[tuple[int, T]]()
    for place, document in enumerate(documents):
        seat = place if place < count else int(random.integers(place + 1))
        if seat < count:
            seats[seat : seat + 1] = [(place, document)]
    return [document for _, document in sorted(seats, key=lambda taken: taken[0])]


def _first(order: NDArray[np.int64], share: float) -> set[int]:
    return {*order[: round(share * len(order))].tolist()}


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
