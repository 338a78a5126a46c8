"""A document as a PNG picture: a bar for each sentence in the margin, each word shaded by how it counts.

Words stand in lines as `document_lines` puts them; every word is drawn on its own, in fonts that have it
(`fonts`). Lengths are in pixels.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import wrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from seqloom.explain.document import FAINTEST
from seqloom.explain.document_lines import BLANK, Measure, Piece, blank_of, lines_of, ordered
from seqloom.explain.fonts import describe, drawable
from seqloom.explain.labels import is_right_to_left, label
from seqloom.explain.paper import DOTS, save, sheet, signed
from seqloom.explain.shaded import ShadedDocument
from seqloom.explain.theme import LIGHT, Theme, on

WIDTH, EDGE, MARGIN = 1200.0, 30.0, 170.0
"""Of the picture, around it, and of the column with the weights."""
LINE, BETWEEN = 34.0, 8.0
"""The height of a line, and the room between sentences."""
SIZE, SMALL = 10.0, 8.0
"""Fonts, in points."""
RISE = 0.36
"""From the baseline of a line to its middle, in ems."""
FIGURE, BAR = 62.0, 90.0
"""Room for the figure of a sentence, and for its bar."""
STRONGEST = 0.8
"""How far into the colours the strongest word goes."""
MOST_SENTENCES = 60


@dataclass(frozen=True, slots=True)
class Word:
    """x is its left edge, y its middle, from the top."""

    text: str
    shade: float
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Margin:
    figure: str
    bar: float
    y: float


def png_document(document: ShadedDocument, path: str | Path, theme: Theme = LIGHT) -> None:
    """Write the picture; sentences beyond the sixtieth are counted in a note."""
    save(draw(document, theme), path)


def draw(document: ShadedDocument, theme: Theme = LIGHT) -> Figure:
    measure = partial(width_of, FigureCanvasAgg(_paper(1.0, theme)), {})
    words, margins, bottom = _laid_out(document, measure)
    notes = _notes(document)
    height = bottom + LINE * 0.8 * len(notes) + EDGE
    figure = _paper(height, theme)
    _put(figure, document.heading, EDGE, EDGE + LINE / 2, height, SIZE * 1.15, theme.ink)
    _put(figure, document.title, EDGE, EDGE + 1.5 * LINE, height, SIZE, theme.ink)
    for margin in margins:
        _margin(figure, margin, height, theme)
    for word in words:
        _word(figure, word, height, theme)
    for number, note in enumerate(notes):
        y = bottom + LINE * 0.8 * (number + 0.5)
        _put(figure, note, EDGE, y, height, SMALL, theme.quiet)
    return figure


def _paper(height: float, theme: Theme) -> Figure:
    return sheet(theme, WIDTH / DOTS, height / DOTS, dots=DOTS)


def _laid_out(document: ShadedDocument, measure: Measure) -> tuple[list[Word], list[Margin], float]:
    words: list[Word] = []
    margins: list[Margin] = []
    top = EDGE + (2.6 if document.title else 1.6) * LINE
    for sentence in document.sentences[:MOST_SENTENCES]:
        margins.append(Margin(sentence.figure, sentence.bar, top + LINE / 2))
        lines = list(lines_of(sentence, measure, WIDTH - 2 * EDGE - MARGIN))
        for number, line in enumerate(lines):
            y = top + LINE * (number + 0.5)
            words += _placed(line, y, is_right_to_left(sentence.text), measure)
        top += LINE * len(lines) + BETWEEN
    return words, margins, top


def _placed(line: list[Piece], y: float, right_to_left: bool, measure: Measure) -> list[Word]:
    """The line in the order of drawing; a piece that runs both ways is several words."""
    words, x = list[Word](), 0.0
    for piece, text in ordered(line, right_to_left):
        width = blank_of(measure) if text == BLANK else measure(text)
        if piece:
            words.append(Word(text, piece.shade, x, y, width))
        x += width
    left = WIDTH - EDGE - x if right_to_left else EDGE + MARGIN
    return [replace(word, x=left + word.x) for word in words]


def width_of(canvas: FigureCanvasAgg, known: dict[str, float], text: str) -> float:
    """As it will be drawn."""
    if text not in known:
        properties = drawable(text).properties(SIZE)
        drawn = Text(0, 0, text, fontproperties=properties, parse_math=False)
        drawn.set_figure(canvas.figure)
        known[text] = float(drawn.get_window_extent(canvas.get_renderer()).width)
    return known[text]


def _word(figure: Figure, word: Word, height: float, theme: Theme) -> None:
    ink = theme.ink
    if abs(word.shade) >= FAINTEST:
        paper = signed(theme)(0.5 + 0.5 * STRONGEST * word.shade)
        _box(figure, word.x - 1, word.y - LINE * 0.43, word.width + 2, LINE * 0.86, height, paper)
        ink = on(paper)
    if word.text != BLANK:
        _put(figure, word.text, word.x, word.y, height, SIZE, ink)


def _margin(figure: Figure, margin: Margin, height: float, theme: Theme) -> None:
    _put(figure, margin.figure, EDGE, margin.y, height, SMALL, theme.quiet)
    bar, colour = BAR * min(abs(margin.bar), 1.0), theme.against if margin.bar < 0 else theme.weight
    _box(figure, EDGE + FIGURE, margin.y - 7, bar, 14, height, colour)


def _put(
    figure: Figure, text: str, x: float, y: float, height: float, size: float, ink: str
) -> None:
    # Words of a line share a baseline, whatever rises above it or hangs below.
    baseline = y + RISE * size * DOTS / 72
    figure.text(
        x / WIDTH,
        1 - baseline / height,
        text,
        size=size,
        color=ink,
        ha="left",
        va="baseline",
    )


def _box(
    figure: Figure, x: float, y: float, width: float, tall: float, height: float, colour: object
) -> None:
    corner = (x / WIDTH, 1 - (y + tall) / height)
    figure.add_artist(
        Rectangle(
            corner,
            width / WIDTH,
            tall / height,
            facecolor=colour,
            transform=figure.transFigure,
            linewidth=0,
            zorder=0,
        )
    )


def _notes(document: ShadedDocument) -> list[str]:
    notes = list(document.notes)
    if (more := len(document.sentences) - MOST_SENTENCES) > 0:
        notes.append(f"{more:,} more sentences are not shown.")
    missing = [
        character
        for sentence in document.sentences[:MOST_SENTENCES]
        for piece in sentence.pieces
        for character in drawable(label(piece.strip()) if piece.strip() else "").missing
    ]
    if told := describe(missing):
        notes.append(told)
    return [line for note in notes for line in wrap(note, 110)]
