"""The sheet of drawings (strokes) as a PNG picture, drawn by matplotlib."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from seqloom.explain.paper import save, sheet
from seqloom.explain.png import PIXELS
from seqloom.explain.strokes import HEIGHT, THICKNESS, Cell, Drawing, Points, layout
from seqloom.explain.theme import LIGHT, Theme

_POINT = 72 / PIXELS
"""Pixels to points of 1/72 inch."""


def png_sheet(
    drawings: Sequence[Drawing],
    path: str | Path,
    columns: int | None = None,
    theme: Theme = LIGHT,
) -> None:
    places = layout(drawings, columns)
    figure = sheet(theme, places.width / PIXELS, places.height / PIXELS)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, places.width)
    axes.set_ylim(places.height, 0)
    axes.axis("off")
    for cell in places.cells:
        _cell(axes, cell, places.cell_width, theme)
    save(figure, path)


def _cell(axes: Axes, cell: Cell, width: float, theme: Theme) -> None:
    corner = (cell.left, cell.top)
    axes.add_patch(
        Rectangle(corner, width, HEIGHT, fill=False, edgecolor=theme.faint, linewidth=0.8)
    )
    for line in cell.given:
        draw_line(axes, line, theme.given)
    for line in cell.drawn:
        draw_line(axes, line, theme.ink)
    if cell.caption:
        place = (cell.left, cell.top + HEIGHT + 14)
        axes.text(*place, cell.caption, color=theme.quiet, size=12 * _POINT)


def draw_line(axes: Axes, line: Points, colour: str) -> None:
    dot = len(line) == 1 or not np.ptp(line, axis=0).any()
    axes.plot(
        line[:, 0], line[:, 1], color=colour, linewidth=THICKNESS * _POINT,
        solid_capstyle="round", solid_joinstyle="round",
        marker="o" if dot else "", markersize=THICKNESS * _POINT, markeredgewidth=0,
    )  # fmt: skip
