"""The characters of the Hershey single-stroke fonts (A. V. Hershey 1967) as points a pen would leave.

A font gives corners of lines, some far apart. A pen leaves points at an even pace along a curve, and is
fast where the way is straight:

    a stroke is cut at its corners (turns sharper than 50 degrees);
    a straight piece of length L has  ceil(L / (4 pace))  steps,  a bent one  ceil(L / pace).

Lengths are in capital heights, the base line is y = 0 and y grows downwards.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from math import ceil, cos, radians
from typing import Any, Literal

import numpy as np

from seqloom.data.series.strokes import Line
from seqloom.errors import MissingExtra, UserError, suggestion

Font = Literal["futural", "rowmans", "cursive"]
FONTS: tuple[Font, ...] = ("futural", "rowmans", "cursive")
"""Those of Hershey's fonts that are Latin and drawn with single lines: two of printed letters, which
differ in signs only, and one of joined ones."""

_CAPITAL, _BASE = 21.0, 9.0
"""The fonts' own units: how high a capital is, and where it stands."""
_SHARP = cos(radians(50))
_STRAIGHT = 0.02
"""How far, in its length, a piece may bend and still be straight."""
_STRIDE = 4
"""How much farther a step goes on a straight piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """A character: its strokes, and how far it is to the next character."""

    lines: tuple[Line, ...]
    width: float

    @property
    def size(self) -> int:
        """Points in all."""
        return sum(map(len, self.lines))


@cache
def glyph(font: str, character: str, pace: float) -> Glyph:
    """Raises UserError for a character that the font has not."""
    found = _font(font).get(character)
    if found is None:
        raise UserError(
            f"Hershey fonts have the printable ASCII characters, but not {character!r}. Leave it out."
        )
    return Glyph(tuple(_paced(line, pace) for line in found.lines), found.width)


@cache
def _font(name: str) -> dict[str, Glyph]:
    """All characters of a font, by their corners."""
    if name not in FONTS:
        raise UserError(f"There is no single-stroke font '{name}'. {suggestion(name, FONTS)}")
    try:
        fonts: Any = import_module("HersheyFonts").HersheyFonts()
    except ImportError as error:
        raise MissingExtra("Drawing lines with the Hershey fonts", "handwriting") from error
    fonts.load_default_font(name)
    return {character: _of_font(each) for character, each in fonts.all_glyphs.items()}


def _of_font(found: Any) -> Glyph:
    corner = np.array([found.left_offset, _BASE])
    lines = (np.array(stroke, dtype=np.float64) for stroke in found.strokes)
    return Glyph(tuple((line - corner) / _CAPITAL for line in lines), found.char_width / _CAPITAL)


def _paced(line: Line, pace: float) -> Line:
    """The same way with points at that pace; a single point stays one."""
    line = line[np.append(True, np.any(np.diff(line, axis=0) != 0, axis=1))]
    if len(line) == 1:
        return line
    corners = [0, *_corners(line), len(line) - 1]
    pieces = pairwise(corners)
    rest = [_even(line[first : last + 1], pace)[1:] for first, last in pieces]
    return np.concatenate([line[:1], *rest])


def _corners(line: Line) -> list[int]:
    """Points between the ends at which the pen turns sharply."""
    steps = np.diff(line, axis=0)
    steps /= np.hypot(*steps.T)[:, None]
    return (np.flatnonzero((steps[:-1] * steps[1:]).sum(axis=1) < _SHARP) + 1).tolist()


def _even(piece: Line, pace: float) -> Line:
    """Points at even distances along a piece, both ends among them."""
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(piece, axis=0).T)))
    straight = along[-1] <= (1 + _STRAIGHT) * np.hypot(*(piece[-1] - piece[0]))
    steps = ceil(along[-1] / (pace * (_STRIDE if straight else 1)) - 1e-9)
    places = np.linspace(0, along[-1], steps + 1)
    return np.column_stack([np.interp(places, along, piece[:, axis]) for axis in (0, 1)])
