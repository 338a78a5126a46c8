"""phi(t, u) over the drawing as a PNG picture, drawn by matplotlib; what it shows stands in window.py."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from pathlib import Path

from matplotlib.axes import Axes

from seqloom.explain.fonts import drawable
from seqloom.explain.paper import blues, dress, save, sheet
from seqloom.explain.strokes_png import draw_line
from seqloom.explain.theme import LIGHT, Theme
from seqloom.explain.window import AXIS, TITLE, Window

_ROW, _WIDTH, _DRAWING = 0.17, 9.0, 1.4
"""Inches: of a character's row, of the picture and of the drawing's height."""


def png_window(window: Window, path: str | Path, theme: Theme = LIGHT) -> None:
    """Write the picture."""
    top = max(1.0, _ROW * len(window.text))
    figure = sheet(theme, _WIDTH, top + _DRAWING + 0.9, "constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=[top, _DRAWING])
    _weights(dress(upper, theme), window, theme)
    _drawing(lower, window, theme)
    save(figure, path)


def _weights(axes: Axes, window: Window, theme: Theme) -> None:
    axes.imshow(
        window.shares.T, blues(theme), vmin=0, vmax=1, aspect="auto", interpolation="nearest"
    )
    labels = [drawable(character) for character in window.characters]
    axes.set_yticks(range(len(labels)))
    axes.set_yticklabels([label.text for label in labels])
    axes.tick_params(axis="y", labelsize=8, labelcolor=theme.ink)
    axes.tick_params(length=0)
    axes.set_title(TITLE, loc="left", size=10, weight="bold", color=theme.ink)
    axes.set_xlabel(AXIS)


def _drawing(axes: Axes, window: Window, theme: Theme) -> None:
    for character, points in window.lines():
        draw_line(axes, points, theme.given if character is None else theme.ink)
    axes.set_aspect("equal", adjustable="datalim")
    axes.invert_yaxis()
    axes.axis("off")
