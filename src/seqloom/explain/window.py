"""What a soft window looked at while a text was written: phi(t, u) as a picture over the drawing.

A column for each point of the pen, a row for each character of the text; below it the drawing. Darker is
more; phi is no share and may be above 1, so the darkest is the most there is.

Sizes: T points, U characters.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seqloom.data.series.strokes import to_lines
from seqloom.explain.fonts import drawable
from seqloom.explain.png import BLUES, save
from seqloom.search.stepper import Reals

_ROW, _WIDTH, _DRAWING = 0.17, 9.0, 1.4
"""Inches: of a character's row, of the picture and of the drawing's height."""


def window_plot(phi: Reals, characters: Sequence[str], offsets: Reals, path: str | Path) -> None:
    """Write the picture of phi [T, U] over the drawing [., 3]."""
    assert phi.shape[1] == len(characters)
    top = max(1.0, _ROW * len(characters))
    figure = Figure(figsize=(_WIDTH, top + _DRAWING + 0.6), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, height_ratios=[top, _DRAWING])
    _weights(upper, phi, characters)
    _drawing(lower, offsets)
    save(figure, path)


def _weights(axes: Axes, phi: Reals, characters: Sequence[str]) -> None:
    most = float(phi.max()) if phi.size else 1.0
    axes.imshow(phi.T, cmap=BLUES, vmin=0, vmax=most or 1.0, aspect="auto", origin="upper")
    axes.set_yticks(range(len(characters)))
    labels = [drawable(character if character.strip() else "␣") for character in characters]
    for tick, label in zip(
        axes.set_yticklabels([label.text for label in labels], parse_math=False),
        labels,
        strict=True,
    ):
        tick.set_fontproperties(label.properties(8))
    axes.tick_params(length=0)
    axes.set_xlabel("point of the pen")


def _drawing(axes: Axes, offsets: Reals) -> None:
    for line in to_lines(offsets):
        if len(line) > 1:
            axes.plot(line[:, 0], line[:, 1], color="#1b1f24", linewidth=1.2)
        else:
            axes.plot(line[:, 0], line[:, 1], color="#1b1f24", marker="o", markersize=1.2)
    axes.set_aspect("equal", adjustable="datalim")
    axes.invert_yaxis()
    axes.axis("off")


def settled(phi: Reals) -> list[int]:
    """For each point the character that it was drawn for: the one looked at most."""
    return np.argmax(phi, axis=1).tolist() if phi.size else []
