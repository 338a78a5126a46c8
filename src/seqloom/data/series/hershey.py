"""Handwriting made at run time: lines of ASCII text drawn with Hershey's fonts by an unsteady hand.

Each line has a hand of its own, drawn from a seed:

    font, pace (steps of the pen), letter size and slant, the gap between letters, a slope of the line;
    each letter is a little larger, higher, wider apart or more turned than the others;
    the sheet is warped by three slow waves, and the pen trembles.

A letter's point p becomes  R(slope) (x + K(slant) R(turn) size p) + waves + tremble, x the letter's place.
Offsets are in capital heights (about): most are between 0.05 and 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from seqloom.data.by_hash import PARTS, Part, texts
from seqloom.data.series.glyphs import FONTS, Font, glyph
from seqloom.data.series.line_texts import compose
from seqloom.data.series.strokes import of_lines
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

PACES = (0.13, 0.145, 0.16, 0.175, 0.19)
"""Steps of the pen along a curve: the smaller, the more points."""
_WAVES = 3

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A text, and the pen's offsets [T, 3] (dx, dy, pen) that write it."""

    text: str
    offsets: Reals


@dataclass(frozen=True, slots=True)
class Hand:
    """How a line is written: lengths in capital heights, angles in radians.

    slant    x grows by slant times the height above the base line
    unsteady how much the letters of the line differ: 0 not at all, 1 visibly
    tremble  deviation of every point
    """

    font: Font = "futural"
    pace: float = 0.16
    size: float = 1.0
    slant: float = 0.0
    gap: float = 0.0
    slope: float = 0.0
    unsteady: float = 0.0
    tremble: float = 0.0

    @classmethod
    def drawn(cls, random: Generator, fonts: Sequence[Font] = FONTS) -> Self:
        return cls(
            font=fonts[int(random.integers(len(fonts)))],
            pace=PACES[int(random.integers(len(PACES)))],
            size=float(np.exp(0.12 * random.standard_normal())),
            slant=float(np.clip(random.normal(0.05, 0.15), -0.25, 0.4)),
            gap=float(random.uniform(-0.03, 0.1)),
            slope=float(np.clip(random.normal(0, 0.02), -0.05, 0.05)),
            unsteady=float(random.uniform(0.4, 1.0)),
            tremble=float(random.uniform(0.003, 0.01)),
        )


def lines(seed: int, count: int, split: Part, fonts: Sequence[Font] = FONTS) -> Iterator[Line]:
    """So many lines of one part, the same ones for the same seed. No text is in two parts."""
    random = np.random.default_rng([seed, len(PARTS) + PARTS.index(split)])
    for _, text in zip(range(count), texts(compose, seed, split), strict=False):
        yield write(text, Hand.drawn(random, fonts), random)


def write(text: str, hand: Hand, random: Generator) -> Line:
    """A text in a hand; `random` is asked for what differs from letter to letter. Raises UserError for
    a text without a mark or a character that the font lacks."""
    glyphs = [glyph(hand.font, character, hand.pace) for character in text]
    strokes = [line for each in glyphs for line in each.lines]
    if not strokes:
        raise UserError(
            f"A line must have something to draw, but {text!r} has nothing. Add letters."
        )
    letters = np.repeat(np.arange(len(text)), [each.size for each in glyphs])
    widths = np.array([each.width for each in glyphs])
    points = _set(np.concatenate(strokes), letters, widths, hand, random)
    ends = np.cumsum([len(line) for line in strokes])
    return Line(text, of_lines(np.split(_on_paper(points, hand, random), ends[:-1])))


def _set(
    points: Points, letters: NDArray[np.int64], widths: Points, hand: Hand, random: Generator
) -> Points:
    """Every letter in its size, turned and slanted, at its place in the line."""
    noise = hand.unsteady * random.standard_normal((len(widths), 5))
    sizes = hand.size * (1 + 0.05 * noise[:, 0])
    shapes = sizes[:, None, None] * _shape(hand.slant + 0.04 * noise[:, 1], 0.03 * noise[:, 2])
    gaps = sizes * widths + hand.gap + 0.015 * noise[:, 3]
    places = np.column_stack([np.cumsum(gaps) - gaps, 0.03 * noise[:, 4]])
    return np.einsum("pi,pij->pj", points, shapes[letters]) + places[letters]


def _shape(slant: float | Points, turn: float | Points) -> Points:
    """What points (x, y) are multiplied by [..., 2, 2]: turned, then slanted. y grows downwards."""
    x, y = np.cos(turn), np.sin(turn)
    return np.stack([np.stack([x - slant * y, y], -1), np.stack([-y - slant * x, x], -1)], -2)


def _on_paper(points: Points, hand: Hand, random: Generator) -> Points:
    """The sheet's waves, the pen's trembling and the slope of the line."""
    phases = random.uniform(0, 2 * np.pi, (_WAVES, 2))
    heights = 0.02 * hand.unsteady * random.standard_normal((_WAVES, 2))
    turns = 2 * np.pi / random.uniform(1.5, 6.0, _WAVES)
    across = points.sum(axis=1)[:, None, None] * turns[:, None] + phases
    points = points + (heights * np.sin(across)).sum(axis=1)
    points += hand.tremble * random.standard_normal(points.shape)
    return points @ _shape(0.0, hand.slope)
