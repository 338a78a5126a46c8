"""The sheet of drawings (strokes) as a PNG picture, drawn by matplotlib."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from seqloom.explain.fonts import drawable
from seqloom.explain.png import PIXELS, save
from seqloom.explain.strokes import (
    DRAWN,
    GIVEN,
    HEIGHT,
    THICKNESS,
    Cell,
    Drawing,
    Points,
    layout,
)

_POINT = 72 / PIXELS
"""Pixels to points of 1/72 inch."""


def png_sheet(drawings: Sequence[Drawing], path: str | Path, columns: int | None = None) -> None:
    sheet = layout(drawings, columns)
    figure = Figure(figsize=(sheet.width / PIXELS, sheet.height / PIXELS), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(sheet.height, 0)
    axes.axis("off")
    for cell in sheet.cells:
        _cell(axes, cell, sheet.cell_width)
    save(figure, path)


def _cell(axes: Axes, cell: Cell, width: float) -> None:
    corner = (cell.left, cell.top)
    axes.add_patch(Rectangle(corner, width, HEIGHT, fill=False, edgecolor="#e3e7eb", linewidth=0.8))
    for line in cell.given:
        _line(axes, line, GIVEN)
    for line in cell.drawn:
        _line(axes, line, DRAWN)
    if cell.caption:
        label = drawable(cell.caption)
        axes.text(
            cell.left, cell.top + HEIGHT + 14, label.text, color="#57606a",
            fontproperties=label.properties(12 * _POINT), parse_math=False,
        )  # fmt: skip


def _line(axes: Axes, line: Points, colour: str) -> None:
    dot = len(line) == 1 or not np.ptp(line, axis=0).any()
    axes.plot(
        line[:, 0], line[:, 1], color=colour, linewidth=THICKNESS * _POINT,
        solid_capstyle="round", solid_joinstyle="round",
        marker="o" if dot else "", markersize=THICKNESS * _POINT, markeredgewidth=0,
    )  # fmt: skip
