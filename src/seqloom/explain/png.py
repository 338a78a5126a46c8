"""An attention map as a PNG picture, drawn by matplotlib.

matplotlib shapes text (Arabic letters join, Devanagari ligates); `fonts` finds the font for each
token. Lengths are in inches, font sizes in points.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.cells import cell_len

from seqloom.explain.attention_map import AttentionMap, attention_map
from seqloom.explain.fonts import describe, drawable
from seqloom.explain.labels import clip
from seqloom.explain.paper import blues, save, sheet, signed
from seqloom.explain.svg import CELL_EM, LONGEST_LABEL, SLANT, side, upright_limit
from seqloom.explain.theme import LIGHT, Theme
from seqloom.predict.result import Result

PIXELS = 96
"""The layout of the SVG counts in pixels of 1/96 inch; squares here are as large."""
SMALL_PRINT = 8
TITLE, TITLE_FONT = 0.28, 10
"""The height of a title, and its size."""
NOTE_WIDTH, NOTE_LINE = 50, 0.16
"""Characters that a line of a note may have under a narrow grid, and the height of one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The grid of squares and the room around it."""

    square: float
    font: float
    left: float
    top: float
    right: float
    bottom: float


def png_map(result: Result, path: str | Path, output: int = 0, theme: Theme = LIGHT) -> None:
    """Write the map of one output."""
    png_picture(attention_map(result, output), path, theme)


def png_picture(attention: AttentionMap, path: str | Path, theme: Theme = LIGHT) -> None:
    """Write a map."""
    save(draw(spelt_out(attention), theme), path)


def spelt_out(attention: AttentionMap) -> AttentionMap:
    """The map with labels that fonts can draw, and a note on what had to be replaced."""
    source, target = (
        [drawable(token) for token in tokens] for tokens in (attention.source, attention.target)
    )
    missing = describe(chain.from_iterable(label.missing for label in (*source, *target)))
    notes = [*attention.notes, missing] if missing else attention.notes
    labelled = replace(
        attention,
        source=tuple(clip(label.text, LONGEST_LABEL) for label in source),
        target=tuple(clip(label.text, LONGEST_LABEL) for label in target),
    )
    across = max(NOTE_WIDTH, int((_across(labelled) - 0.2) / inches(1, SMALL_PRINT)))
    return replace(labelled, notes=tuple(line for note in notes for line in wrap(note, across)))


def _across(attention: AttentionMap) -> float:
    """The width of the grid and what stands left and right of it."""
    at = frame(attention)
    return at.left + len(attention.source) * at.square + at.right


def draw(attention: AttentionMap, theme: Theme = LIGHT) -> Figure:
    at = frame(attention)
    rows, columns = len(attention.target), len(attention.source)
    named = inches(cell_len(attention.title), TITLE_FONT) + 0.2
    least = max(at.left + 2.6, named, _widest(attention.notes))
    width = max(_across(attention), least)
    height = at.top + rows * at.square + at.bottom
    figure = sheet(theme, width, height)
    axes = figure.add_axes(
        (
            at.left / width,
            at.bottom / height,
            columns * at.square / width,
            rows * at.square / height,
        )
    )
    _squares(axes, attention, theme)
    _source_labels(axes, attention, at, theme)
    _target_labels(axes, attention, at, theme)
    if attention.scale:
        _legend(figure, attention, at, theme)
    if attention.title:
        place = (0.1 / width, 1 - 0.2 / height)
        figure.text(*place, attention.title, size=TITLE_FONT, weight="bold", color=theme.ink)
    for line, note in enumerate(reversed(attention.notes)):
        _note(figure, note, 0.1 / width, (0.12 + NOTE_LINE * line) / height, theme)
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


def _squares(axes: Axes, attention: AttentionMap, theme: Theme) -> None:
    rows, columns = attention.weights.shape
    lowest = -1 if attention.signed else 0
    colours = signed(theme) if attention.signed else blues(theme)
    axes.imshow(attention.shares, colours, vmin=lowest, vmax=1, aspect="auto", origin="upper")
    axes.set_xticks([column - 0.5 for column in range(columns + 1)], minor=True)
    axes.set_yticks([row - 0.5 for row in range(rows + 1)], minor=True)
    axes.grid(which="minor", color=theme.edge, linewidth=0.4)
    axes.spines[:].set_color(theme.edge)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.tick_params(which="both", length=0)


def _source_labels(axes: Axes, attention: AttentionMap, at: Frame, theme: Theme) -> None:
    upright = upright_limit(attention.source)
    for column, token in enumerate(attention.source):
        slants = cells(token) > upright
        axes.annotate(
            token,
            (column, -0.5),
            xytext=(0, 6),
            textcoords="offset points",
            ha="left" if slants else "center",
            va="bottom" if slants else "baseline",
            rotation=-SLANT if slants else 0,
            rotation_mode="anchor" if slants else "default",
            color=theme.ink,
            size=at.font,
        )


def _target_labels(axes: Axes, attention: AttentionMap, at: Frame, theme: Theme) -> None:
    for row, token in enumerate(attention.target):
        axes.annotate(
            token,
            (-0.5, row),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
            color=theme.ink,
            size=at.font,
        )


def _legend(figure: Figure, attention: AttentionMap, at: Frame, theme: Theme) -> None:
    width, height = figure.get_size_inches().tolist()
    low, high = attention.ends
    left = at.left + inches(len(low), SMALL_PRINT) + 0.08
    axes = figure.add_axes((left / width, (at.bottom - 0.32) / height, 1.0 / width, 0.13 / height))
    lowest = -1 if attention.signed else 0
    steps = [[lowest + (1 - lowest) * step / 20 for step in range(21)]]
    colours = signed(theme) if attention.signed else blues(theme)
    axes.imshow(steps, colours, vmin=lowest, vmax=1, aspect="auto")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(theme.edge)
    for side_, text, x in (("right", low, -0.04), ("left", high, 1.04)):
        axes.text(
            x, 0.45, text, transform=axes.transAxes, size=SMALL_PRINT, ha=side_, va="center",
            color=theme.quiet,
        )  # fmt: skip


def _note(figure: Figure, note: str, x: float, y: float, theme: Theme) -> None:
    figure.text(x, y, note, size=SMALL_PRINT, color=theme.quiet)


def _widest(notes: Sequence[str]) -> float:
    return max((inches(cell_len(note), SMALL_PRINT) for note in notes), default=0.0) + 0.2


def cells(token: str) -> int:
    return min(cell_len(token), LONGEST_LABEL)


def inches(count: int, font: float) -> float:
    """The width of so many terminal cells."""
    return count * CELL_EM * font / 72
