"""Drawings on one sheet as an SVG picture: each in a cell of its own, as large as the cell allows.

A line is drawn wherever the pen is down, y grows downwards, and a stroke of a single point is a dot.
What was given before the model went on by itself is drawn in another colour. All cells are of one
size, wide enough for the drawings' shape. `layout` says where everything goes, for the PNG picture
(strokes_png) too; lengths are in pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

import numpy as np
from numpy.typing import NDArray

from seqloom.data.series.strokes import to_points
from seqloom.explain.labels import clip
from seqloom.explain.theme import DARK, LIGHT, Theme
from seqloom.search.stepper import Reals

HEIGHT, MARGIN, CAPTION = 110.0, 10.0, 18.0
WIDEST = 10.0
"""Of a cell, in heights: a line of handwriting is that long."""
SHEET = 900.0
"""How wide a sheet may become before a new row begins, unless one says the columns."""
THICKNESS = 1.6
CHARACTER = 6.0
"""How wide one of a caption is, about."""


def _colours(theme: Theme) -> str:
    return f""".strokes .paper {{ fill: {theme.paper}; }}
.strokes .cell {{ stroke: {theme.faint}; }}
.strokes text {{ fill: {theme.quiet}; }}
.strokes path {{ stroke: {theme.ink}; }}
.strokes .given {{ stroke: {theme.given}; }}"""


STYLE = f"""
.strokes {{ font: 12px sans-serif; max-width: 100%; height: auto; }}
.strokes .cell {{ fill: none; }}
.strokes path {{ fill: none; stroke-width: {THICKNESS}; stroke-linecap: round;
  stroke-linejoin: round; }}
{_colours(LIGHT)}
@media (prefers-color-scheme: dark) {{
{_colours(DARK)}
}}
"""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Offsets [T, 3]; the first `given` of them were not drawn by the model."""

    offsets: Reals
    caption: str = ""
    given: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A drawing in its place: lines [n, 2] in pixels of the sheet."""

    left: float
    top: float
    given: list[Points]
    drawn: list[Points]
    caption: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All cells; each is as wide and as high as the others, captions not counted."""

    cells: list[Cell]
    cell_width: float
    width: float
    height: float


def svg_sheet(drawings: Sequence[Drawing], columns: int | None = None) -> str:
    """A complete SVG document."""
    sheet = layout(drawings, columns)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="strokes" role="img" '
        f'aria-label="{len(drawings)} pen drawings" width="{sheet.width:g}" '
        f'height="{sheet.height:g}" viewBox="0 0 {sheet.width:g} {sheet.height:g}">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{sheet.width:g}" height="{sheet.height:g}"/>',
        *(_cell(cell, sheet.cell_width) for cell in sheet.cells),
        "</svg>",
    ]
    return "\n".join(parts)


def layout(drawings: Sequence[Drawing], columns: int | None = None) -> Sheet:
    assert drawings, "a sheet has at least one drawing"
    width = HEIGHT * float(np.clip(median(_shape(each) for each in drawings), 1, WIDEST))
    columns = columns or max(1, int(SHEET / (width + MARGIN)))
    columns = min(columns, len(drawings))
    row = HEIGHT + MARGIN + (CAPTION if any(each.caption for each in drawings) else 0)
    cells = [
        _placed(each, MARGIN + i % columns * (width + MARGIN), MARGIN + i // columns * row, width)
        for i, each in enumerate(drawings)
    ]
    rows = -(-len(drawings) // columns)
    return Sheet(cells, width, MARGIN + columns * (width + MARGIN), MARGIN + rows * row)


def _shape(drawing: Drawing) -> float:
    """Width in heights."""
    width, height = np.ptp(to_points(drawing.offsets)[:, :2], axis=0).tolist()
    return width / height if height else WIDEST if width else 1.0


def _placed(drawing: Drawing, left: float, top: float, width: float) -> Cell:
    """As large as the cell allows, in its middle."""
    points = to_points(drawing.offsets)
    least, most = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    room = np.array([width, HEIGHT]) - 2 * MARGIN
    size = np.maximum(most - least, 1e-12)
    scale = float((room / size).min()) if (most > least).any() else 1.0
    middle = np.array([left + width / 2, top + HEIGHT / 2])
    points[:, :2] = (points[:, :2] - (least + most) / 2) * scale + middle
    given = points[: drawing.given]
    # The first line of the model's own begins where the given one ends, if the pen is still down.
    joined = len(given) > 0 and given[-1, 2] < 0.5
    drawn = points[drawing.given - 1 :] if joined else points[drawing.given :]
    caption = clip(drawing.caption, int(width / CHARACTER))
    return Cell(left, top, _lines(given), _lines(drawn), caption)


def _lines(points: Points) -> list[Points]:
    """Cut where the pen is lifted."""
    lifted = np.flatnonzero(points[:, 2] > 0.5) + 1
    return [line for line in np.split(points[:, :2], lifted) if len(line)]


def _cell(cell: Cell, width: float) -> str:
    parts = [
        f'<rect class="cell" x="{cell.left:g}" y="{cell.top:g}" width="{width:g}" '
        f'height="{HEIGHT:g}" rx="3"/>',
        *(f'<path class="given" d="{_path(line)}"/>' for line in cell.given),
        *(f'<path d="{_path(line)}"/>' for line in cell.drawn),
    ]
    if cell.caption:
        place = f'x="{cell.left:g}" y="{cell.top + HEIGHT + 14:g}"'
        parts.append(f"<text {place}>{escape(cell.caption)}</text>")
    return "\n".join(parts)


def _path(line: Points) -> str:
    """A line to the same point again makes a dot."""
    points = [f"{x:.1f} {y:.1f}" for x, y in line.tolist()]
    return f"M{'L'.join(points if len(points) > 1 else 2 * points)}"
