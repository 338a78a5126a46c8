"""An attention map as a PNG picture, drawn by matplotlib.

matplotlib shapes text (Arabic letters join, Devanagari ligates); `fonts` finds the font for each
token. The picture is drawn on a canvas of its own, so that no setting of the user's figures changes
and no display is needed. Lengths are in inches, font sizes in points.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from rich.cells import cell_len

from seqloom.explain.attention_map import AttentionMap, attention_map
from seqloom.explain.fonts import describe, drawable
from seqloom.explain.labels import clip
from seqloom.explain.svg import CELL_EM, LONGEST_LABEL, SLANT, side, upright_limit
from seqloom.predict.result import Result

BLUES = LinearSegmentedColormap.from_list("attention", ["#ffffff", "#6c9bd2", "#0a4595"])
SIGNED = LinearSegmentedColormap.from_list(
    "signed", ["#a84300", "#e3a06e", "#ffffff", "#6c9bd2", "#0a4595"]
)
"""Orange is below 0: no kind of colour blindness takes it for blue."""
DOTS = 150
PIXELS = 96
"""The layout of the SVG counts in pixels of 1/96 inch; squares here are as large."""
SMALL_PRINT = 8
TITLE, TITLE_FONT = 0.28, 10
"""The height of a title, and its size."""
NOTE_WIDTH, NOTE_LINE = 50, 0.16
"""Characters in a line of a note, and the height of one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The grid of squares and the room around it."""

    square: float
    font: float
    left: float
    top: float
    right: float
    bottom: float


def png_map(result: Result, path: str | Path, output: int = 0) -> None:
    """Write the map of one output."""
    png_picture(attention_map(result, output), path)


def png_picture(attention: AttentionMap, path: str | Path) -> None:
    """Write a map."""
    save(draw(spelt_out(attention)), path)


def save(figure: Figure, path: str | Path) -> None:
    figure.savefig(path, dpi=DOTS, format="png")


def spelt_out(attention: AttentionMap) -> AttentionMap:
    """The map with labels that fonts can draw, and a note on what had to be replaced."""
    source, target = (
        [drawable(token) for token in tokens] for tokens in (attention.source, attention.target)
    )
    missing = describe(chain.from_iterable(label.missing for label in (*source, *target)))
    notes = [*attention.notes, missing] if missing else attention.notes
    return replace(
        attention,
        source=tuple(clip(label.text, LONGEST_LABEL) for label in source),
        target=tuple(clip(label.text, LONGEST_LABEL) for label in target),
        notes=tuple(line for note in notes for line in wrap(note, NOTE_WIDTH)),
    )


def draw(attention: AttentionMap) -> Figure:
    at = frame(attention)
    rows, columns = len(attention.target), len(attention.source)
    named = inches(cell_len(attention.title), TITLE_FONT) + 0.2
    least = max(at.left + 2.6, named, _widest(attention.notes))
    width = max(at.left + columns * at.square + at.right, least)
    height = at.top + rows * at.square + at.bottom
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes(
        (
            at.left / width,
            at.bottom / height,
            columns * at.square / width,
            rows * at.square / height,
        )
    )
    _squares(axes, attention)
    _source_labels(axes, attention, at)
    _target_labels(axes, attention, at)
    if attention.scale:
        _legend(figure, attention, at, width, height)
    if attention.title:
        place = (0.1 / width, 1 - 0.2 / height)
        figure.text(*place, attention.title, size=TITLE_FONT, weight="bold")
    for line, note in enumerate(reversed(attention.notes)):
        _note(figure, note, 0.1 / width, (0.12 + NOTE_LINE * line) / height)
    return figure


def frame(attention: AttentionMap) -> Frame:
    square = side(max(len(attention.source), len(attention.target))) / PIXELS
    font = min(11.0, square * 72 * 0.62)
    upright = upright_limit(attention.source)
    slanting = max((c for c in map(cells, attention.source) if c > upright), default=0)
    return Frame(
        square=square,
        font=font,
        left=inches(max(map(cells, attention.target), default=1), font) + 0.2,
        top=max(font * 1.9 / 72, inches(slanting, font) * 0.87 + font / 72)
        + (0.12 + (TITLE if attention.title else 0.0)),
        right=max(0.15, inches(slanting, font) * 0.5),
        bottom=(0.5 if attention.scale else 0.15) + NOTE_LINE * len(attention.notes),
    )


def _squares(axes: Axes, attention: AttentionMap) -> None:
    rows, columns = attention.weights.shape
    lowest = -1 if attention.signed else 0
    colours = SIGNED if attention.signed else BLUES
    axes.imshow(attention.shares, colours, vmin=lowest, vmax=1, aspect="auto", origin="upper")
    axes.set_xticks([column - 0.5 for column in range(columns + 1)], minor=True)
    axes.set_yticks([row - 0.5 for row in range(rows + 1)], minor=True)
    axes.grid(which="minor", color="#d0d7de", linewidth=0.4)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.tick_params(which="both", length=0)


def _source_labels(axes: Axes, attention: AttentionMap, at: Frame) -> None:
    upright = upright_limit(attention.source)
    for column, token in enumerate(attention.source):
        label = drawable(token)
        slants = cells(token) > upright
        axes.annotate(
            label.text,
            (column, -0.5),
            xytext=(0, 6),
            textcoords="offset points",
            ha="left" if slants else "center",
            va="bottom" if slants else "baseline",
            rotation=-SLANT if slants else 0,
            rotation_mode="anchor" if slants else "default",
            fontproperties=label.properties(at.font),
            parse_math=False,  # a token such as "$x$" is no formula
        )


def _target_labels(axes: Axes, attention: AttentionMap, at: Frame) -> None:
    for row, token in enumerate(attention.target):
        label = drawable(token)
        axes.annotate(
            label.text,
            (-0.5, row),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
            fontproperties=label.properties(at.font),
            parse_math=False,  # a token such as "$x$" is no formula
        )


def _legend(
    figure: Figure, attention: AttentionMap, at: Frame, width: float, height: float
) -> None:
    low, high = attention.ends
    left = at.left + inches(len(low), SMALL_PRINT) + 0.08
    axes = figure.add_axes((left / width, (at.bottom - 0.32) / height, 1.0 / width, 0.13 / height))
    lowest = -1 if attention.signed else 0
    steps = [[lowest + (1 - lowest) * step / 20 for step in range(21)]]
    colours = SIGNED if attention.signed else BLUES
    axes.imshow(steps, colours, vmin=lowest, vmax=1, aspect="auto")
    axes.set_xticks([])
    axes.set_yticks([])
    for side_, text, x in (("right", low, -0.04), ("left", high, 1.04)):
        axes.text(x, 0.45, text, transform=axes.transAxes, size=SMALL_PRINT, ha=side_, va="center")


def _note(figure: Figure, note: str, x: float, y: float) -> None:
    properties = drawable(note).properties(SMALL_PRINT)
    figure.text(x, y, note, fontproperties=properties, color="#57606a")


def _widest(notes: Sequence[str]) -> float:
    return max((inches(cell_len(note), SMALL_PRINT) for note in notes), default=0.0) + 0.2


def cells(token: str) -> int:
    return min(cell_len(token), LONGEST_LABEL)


def inches(count: int, font: float) -> float:
    """The width of so many terminal cells."""
    return count * CELL_EM * font / 72
