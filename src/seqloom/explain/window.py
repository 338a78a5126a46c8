"""What a soft window looked at while a text was written: phi(t, u), for every picture of it.

A row for each character of the text, a column for each point of the pen, and below it the drawing. phi is
no share and may be above 1: the most there is counts as 1.

Sizes: T points drawn by the model, U characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.data.series.strokes import to_points
from seqloom.explain.labels import label
from seqloom.search.stepper import Reals

TITLE = "Window over the text, φ(t, u)"
AXIS = "point of the pen"
Points = NDArray[np.float64]


class Stretch(NamedTuple):
    """The points for which a character was looked at most, counted from 1, and the most it got."""

    first: int
    last: int
    points: int
    most: float

    def __str__(self) -> str:
        return f"points {self.first}-{self.last} ({self.points})" if self.points else "none"


class Line(NamedTuple):
    """Points [n, 2] that the pen joined while the window stood at one character; None: the points were
    given."""

    character: int | None
    points: Points


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """phi [T, U], and offsets [., 3] of which those before the last T were given."""

    phi: Reals
    text: str
    offsets: Reals

    def __post_init__(self) -> None:
        assert self.phi.shape[1] == len(self.text)

    @property
    def characters(self) -> list[str]:
        """As they are shown."""
        return [label(character) for character in self.text]

    @property
    def shares(self) -> Reals:
        """phi over the most there is."""
        return self.phi / self.most

    @property
    def most(self) -> float:
        return float(self.phi.max(initial=0.0)) or 1.0

    def stretches(self) -> list[Stretch]:
        """Of each character."""
        looked = np.array(settled(self.phi), dtype=np.int64)
        return [
            _stretch(np.flatnonzero(looked == place) + 1, self.phi[:, place])
            for place in range(len(self.text))
        ]

    def lines(self) -> list[Line]:
        """The drawing, cut where the pen is lifted and where the window moves on."""
        points, given = to_points(self.offsets), len(self.offsets) - len(self.phi)
        of_point: list[int | None] = [None] * given + [*settled(self.phi)]
        return [
            line
            for stroke in _strokes(points[:, 2])
            for line in _cut(points[:, :2], of_point, stroke)
        ]


def settled(phi: Reals) -> list[int]:
    """For each point the character that it was drawn for: the one looked at most."""
    return np.argmax(phi, axis=1).tolist() if phi.size else []


def _stretch(points: NDArray[np.int64], phi: Reals) -> Stretch:
    most = float(phi.max(initial=0.0))
    if not len(points):
        return Stretch(0, 0, 0, most)
    return Stretch(int(points[0]), int(points[-1]), len(points), most)


def _strokes(lifted: Points) -> Iterator[range]:
    """The points of each stroke."""
    ends = [int(end) + 1 for end in np.flatnonzero(lifted > 0.5)]
    for start, end in zip([0, *ends], [*ends, len(lifted)], strict=True):
        if start < end:
            yield range(start, end)


def _cut(points: Points, of_point: Sequence[int | None], stroke: range) -> Iterator[Line]:
    """A piece of line belongs to the point that it leads to; a stroke of one point is a dot."""
    if len(stroke) == 1:
        yield Line(of_point[stroke[0]], points[list(stroke)])
        return
    for character, pieces in groupby(stroke[1:], key=lambda end: of_point[end]):
        ends = list(pieces)
        yield Line(character, points[ends[0] - 1 : ends[-1] + 1])
