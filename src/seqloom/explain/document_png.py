"""A document as a PNG picture: the weight of each sentence in the margin, that of each word as shading.

Every word is drawn on its own, in fonts that have it (`fonts`), and lines are filled word by word; a
right-to-left sentence is filled from the right. Lengths are in pixels.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import wrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from seqloom.explain.document import FAINTEST, answer
from seqloom.explain.fonts import describe, drawable
from seqloom.explain.labels import is_right_to_left, label
from seqloom.explain.png import BLUES, DOTS, save
from seqloom.predict.document import DocumentResult, WeighedSentence

WIDTH, EDGE, MARGIN = 1200.0, 30.0, 170.0
"""Of the picture, around it, and of the column with the weights."""
LINE, BETWEEN = 34.0, 8.0
"""The height of a line, and the room between sentences."""
SIZE, SMALL = 10.0, 8.0
"""Fonts, in points."""
RISE = 0.36
"""From the baseline of a line to its middle, in ems."""
BAR = 90.0
STRONGEST = 0.8
"""How far into the colours the strongest word goes."""
DARK = 0.85
"""From this shade on a word is white."""
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
    weight: float
    y: float


def png_document(result: DocumentResult, path: str | Path) -> None:
    """Write the picture; sentences beyond the sixtieth are counted in a note."""
    save(draw(result), path)


def draw(result: DocumentResult) -> Figure:
    measure = partial(width_of, _canvas(1.0), {})
    words, margins, bottom = _laid_out(result, measure)
    notes = _notes(result)
    height = bottom + LINE * 0.8 * len(notes) + EDGE
    canvas = _canvas(height)
    figure = canvas.figure
    _put(figure, answer(result), EDGE, EDGE + LINE / 2, height, SIZE * 1.15, "#1b1f24")
    for margin in margins:
        _margin(figure, margin, height)
    for word in words:
        _word(figure, word, height)
    for number, note in enumerate(notes):
        _put(figure, note, EDGE, bottom + LINE * 0.8 * (number + 0.5), height, SMALL, "#57606a")
    return figure


def _canvas(height: float) -> FigureCanvasAgg:
    figure = Figure(figsize=(WIDTH / DOTS, height / DOTS), dpi=DOTS, facecolor="white")
    return FigureCanvasAgg(figure)


def _laid_out(
    result: DocumentResult, measure: "partial[float]"
) -> tuple[list[Word], list[Margin], float]:
    words: list[Word] = []
    margins: list[Margin] = []
    top = EDGE + 1.6 * LINE
    shown = result.sentences[:MOST_SENTENCES]
    for sentence, shades in zip(shown, result.shades(), strict=False):
        margins.append(Margin(sentence.weight, top + LINE / 2))
        lines = list(_lines(sentence, shades, measure))
        for number, line in enumerate(lines):
            words += _placed(line, top + LINE * (number + 0.5), is_right_to_left(sentence.text))
        top += LINE * len(lines) + BETWEEN
    return words, margins, top


def _lines(
    sentence: WeighedSentence, shades: list[float], measure: "partial[float]"
) -> Iterator[list[Word]]:
    """Words by line, x counted from where the line begins."""
    room, blank = WIDTH - 2 * EDGE - MARGIN, measure("n") * 0.55
    line, at = list[Word](), 0.0
    for piece, shade in zip(sentence.pieces, shades, strict=True):
        text = drawable(label(piece.strip()) if piece.strip() else "").text
        if not text:
            continue
        width = measure(text)
        at += blank if line and piece[:1].isspace() else 0.0
        if line and at + width > room:
            yield line
            line, at = [], 0.0
        line.append(Word(text, shade, at, 0.0, width))
        at += width
    if line:
        yield line


def _placed(line: list[Word], y: float, right_to_left: bool) -> Iterator[Word]:
    left, right = EDGE + MARGIN, WIDTH - EDGE
    for word in line:
        x = right - word.x - word.width if right_to_left else left + word.x
        yield Word(word.text, word.shade, x, y, word.width)


def width_of(canvas: FigureCanvasAgg, known: dict[str, float], text: str) -> float:
    """As it will be drawn."""
    if text not in known:
        properties = drawable(text).properties(SIZE)
        drawn = Text(0, 0, text, fontproperties=properties, parse_math=False)
        drawn.set_figure(canvas.figure)
        known[text] = float(drawn.get_window_extent(canvas.get_renderer()).width)
    return known[text]


def _word(figure: Figure, word: Word, height: float) -> None:
    if word.shade >= FAINTEST:
        paper = BLUES(STRONGEST * word.shade)
        _box(figure, word.x - 1, word.y - LINE * 0.43, word.width + 2, LINE * 0.86, height, paper)
    ink = "#ffffff" if word.shade >= DARK else "#1b1f24"
    _put(figure, word.text, word.x, word.y, height, SIZE, ink)


def _margin(figure: Figure, margin: Margin, height: float) -> None:
    _put(figure, f"{margin.weight:.2f}", EDGE, margin.y, height, SMALL, "#57606a")
    bar = BAR * min(margin.weight, 1.0)
    _box(figure, EDGE + 55, margin.y - 7, bar, 14, height, BLUES(1.0))


def _put(
    figure: Figure, text: str, x: float, y: float, height: float, size: float, ink: str
) -> None:
    found = drawable(text)
    # Words of a line share a baseline, whatever rises above it or hangs below.
    baseline = y + RISE * size * DOTS / 72
    figure.text(
        x / WIDTH,
        1 - baseline / height,
        found.text,
        fontproperties=found.properties(size),
        color=ink,
        ha="left",
        va="baseline",
        parse_math=False,  # a word such as "$x$" is no formula
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


def _notes(result: DocumentResult) -> list[str]:
    notes = list(result.notes)
    if (more := len(result.sentences) - MOST_SENTENCES) > 0:
        notes.append(f"{more:,} more sentences are not shown.")
    missing = [
        character
        for sentence in result.sentences[:MOST_SENTENCES]
        for piece in sentence.pieces
        for character in drawable(label(piece.strip()) if piece.strip() else "").missing
    ]
    if told := describe(missing):
        notes.append(told)
    return [line for note in notes for line in wrap(note, 110)]
