"""What pictures are drawn on by matplotlib: paper and axes in the colours of a theme.

Every picture has a canvas of its own, so that no setting of the user's figures changes and no display is
needed.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text

from seqloom.explain.fonts import DEFAULT, REGULAR, drawable
from seqloom.explain.theme import Theme

DOTS = 150
"""Per inch."""


def sheet(
    theme: Theme,
    width: float,
    height: float,
    layout: Literal["constrained"] | None = None,
    dots: float | None = None,
) -> Figure:
    """Empty paper, its size in inches. dots: where texts are measured before they are drawn."""
    figure = Figure(figsize=(width, height), layout=layout, facecolor=theme.paper, dpi=dots)
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: str | Path) -> None:
    """As PNG, each text in fonts that have its characters."""
    give_fonts(figure)
    figure.savefig(path, dpi=DOTS, format="png")


def as_svg(figure: Figure, theme: Theme) -> str:
    """The picture as an SVG element, letters as outlines; the same bytes for the same picture. Those of
    two themes can stand on one page: no id of the one is an id of the other."""
    give_fonts(figure)
    file = StringIO()
    with rc_context({"svg.hashsalt": theme.paper}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    whole = file.getvalue()
    return whole[whole.index("<svg") :]


def give_fonts(figure: Figure) -> None:
    """Each text of the picture gets fonts that have its characters, and codes for those that none has. None
    is a formula: a token may be '$x$'."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_ticklabels()  # which are written only now
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        found = drawable(text.get_text())
        text.set_text(found.text)
        text.set_fontfamily(list(found.families))
        if found.families != (DEFAULT,):
            text.set_fontweight(REGULAR)  # the only one that the others have
        text.set_parse_math(False)


def dress(axes: Axes, theme: Theme) -> Axes:
    """The colours of whatever axes have: paper, lines, ticks, and the names of the axes. A title is given
    its own where it is set."""
    axes.set_facecolor(theme.paper)
    axes.tick_params(which="both", color=theme.edge, labelcolor=theme.quiet)
    axes.spines[:].set_color(theme.edge)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_color(theme.ink)
    return axes


@cache
def blues(theme: Theme) -> LinearSegmentedColormap:
    """From 0, nothing, to 1, the strongest."""
    return _colours("blues", theme.blues)


@cache
def signed(theme: Theme) -> LinearSegmentedColormap:
    """From the strongest against at 0 to the strongest in favour at 1; in the middle, nothing."""
    return _colours("signed", theme.signed)


def _colours(name: str, stops: Sequence[str]) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list(name, list(stops))
