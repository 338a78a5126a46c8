"""The lines of a document's picture: drawable words, filled into lines, in the order of drawing.

Lengths are in pixels.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from seqloom.explain.bidi import alone, visual_runs
from seqloom.explain.fonts import drawable
from seqloom.explain.labels import label
from seqloom.explain.shaded import ShadedSentence

Measure = Callable[[str], float]
"""How wide a text is drawn."""
BLANK = " "


class Piece(NamedTuple):
    """parted: whether a blank stands before it."""

    text: str
    shade: float
    parted: bool


def lines_of(sentence: ShadedSentence, measure: Measure, room: float) -> Iterator[list[Piece]]:
    """Pieces by line. Where a line breaks, the blank is left out."""
    blank = blank_of(measure)
    line, at = list[Piece](), 0.0
    for piece in _pieces(sentence):
        parted = bool(line) and piece.parted
        width = blank if piece.text == BLANK else measure(piece.text)
        if line and at + blank * parted + width > room:
            yield line
            line, at, parted = [], 0.0, False
        if line or piece.text != BLANK:
            line.append(piece._replace(parted=parted))
            at += blank * parted + width
    if line:
        yield line


def _pieces(sentence: ShadedSentence) -> Iterator[Piece]:
    """As they can be drawn. A piece of blanks only, as models of characters have, is one blank."""
    for piece, shade in zip(sentence.pieces, sentence.shades, strict=True):
        if text := _drawn(piece):
            yield Piece(text, shade, text != BLANK and piece[:1].isspace())


def _drawn(piece: str) -> str:
    """As its fonts can draw it; '' for a piece of nothing."""
    word = piece.strip()
    return drawable(label(word)).text if word else BLANK if piece else ""


def ordered(line: list[Piece], right_to_left: bool) -> Iterator[tuple[Piece | None, str]]:
    """From left to right each text with its piece; None for a blank between pieces."""
    owners: list[Piece | None] = []
    for piece in line:
        owners += [None] * piece.parted + [piece] * len(piece.text)
    text = "".join(BLANK * piece.parted + piece.text for piece in line)
    for start, end, turned in visual_runs(text, right_to_left):
        parts = groupby(range(start, end), lambda at: id(owners[at]))
        spans = [[*each] for _, each in parts]
        for span in reversed(spans) if turned else spans:
            shown = text[span[0] : span[-1] + 1]
            yield owners[span[0]], shown if shown == BLANK else alone(shown, turned)


def blank_of(measure: Measure) -> float:
    return measure("n") * 0.55
