"""The deletion curve as a PNG picture, drawn by matplotlib; what it shows stands in deletion.py."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from pathlib import Path
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seqloom.explain.deletion import BY_CHANCE, BY_MAP, ERASED, LOG_PROB, DeletionCurve
from seqloom.explain.fonts import describe, drawable
from seqloom.explain.png import NOTE_LINE, SMALL_PRINT, TITLE_FONT, cells, inches, save
from seqloom.explain.svg import SLANT, upright_limit

_LINE, _CHANCE, _EDGE = "#0a4595", "#57606a", "#d0d7de"
_PLOT, _TOP, _LEFT, _STRIDE = 2.0, 0.75, 0.75, 0.36
_FONT, _NOTE_WIDTH = 10, 68


def png_deletion(curve: DeletionCurve, path: str | Path) -> None:
    """Write the picture."""
    missing = describe(_missing(curve))
    told = [*curve.notes, missing] if missing else curve.notes
    notes = [line for note in told for line in wrap(note, _NOTE_WIDTH)]
    bottom = 0.62 + _depth(curve) + NOTE_LINE * len(notes)
    wide = max(3.6, _STRIDE * (len(curve.curves.erased) - 1))
    width, height = _LEFT + wide + 0.25, _TOP + _PLOT + bottom
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    box = (_LEFT / width, bottom / height, wide / width, _PLOT / height)
    _draw(figure.add_axes(box), curve)
    top = 1 - 0.2 / height
    figure.text(0.1 / width, top, curve.title, size=TITLE_FONT, weight="bold", parse_math=False)
    for line, note in enumerate(reversed(notes)):
        place = (0.1 / width, (0.1 + NOTE_LINE * line) / height)
        figure.text(
            *place, note, fontproperties=drawable(note).properties(SMALL_PRINT), color=_CHANCE
        )
    save(figure, path)


def _missing(curve: DeletionCurve) -> list[str]:
    """Characters of the tokens that no font has."""
    return [each for token in curve.tokens for each in drawable(token).missing]


def _draw(axes: Axes, curve: DeletionCurve) -> None:
    curves = curve.curves
    axes.fill_between(curves.erased, curves.ordered, curves.random, color=_LINE, alpha=0.12, lw=0)
    axes.plot(
        curves.erased, curves.ordered, color=_LINE, lw=1.6, marker="o", ms=4, zorder=3, label=BY_MAP
    )  # fmt: skip
    axes.plot(curves.erased, curves.random, color=_CHANCE, ls="--", lw=1.4, label=BY_CHANCE)
    axes.set_xticks(curves.erased)
    axes.tick_params(length=0, labelsize=SMALL_PRINT, colors=_CHANCE)
    axes.grid(axis="y", color=_EDGE, linewidth=0.5)
    axes.spines[:].set_visible(False)
    axes.set_title(LOG_PROB, loc="left", size=SMALL_PRINT, color=_CHANCE)
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1.11), ncols=2, frameon=False, fontsize=SMALL_PRINT,
        borderpad=0, columnspacing=1.2,
    )  # fmt: skip
    _tokens(axes, curve)


def _tokens(axes: Axes, curve: DeletionCurve) -> None:
    """Below its point what was erased last there, and what the axis counts."""
    upright, below = upright_limit(curve.tokens), axes.get_xaxis_transform()
    for token, count in zip(curve.tokens, curve.curves.erased[1:], strict=True):
        drawn, slants = drawable(token), cells(token) > upright
        axes.annotate(
            drawn.text, (count, 0), xycoords=below, xytext=(0, -18), textcoords="offset points",
            ha="right" if slants else "center", va="top", rotation=-SLANT if slants else 0,
            rotation_mode="default", fontproperties=drawn.properties(_FONT), parse_math=False,
        )  # fmt: skip
    axes.annotate(
        ERASED, (0, 0), xycoords="axes fraction", xytext=(0, -26 - 72 * _depth(curve)),
        textcoords="offset points", size=SMALL_PRINT, color=_CHANCE,
    )  # fmt: skip


def _depth(curve: DeletionCurve) -> float:
    """How far down the tokens reach, in inches."""
    limit = upright_limit(curve.tokens)
    slanting = max((c for c in map(cells, curve.tokens) if c > limit), default=0)
    return max(0.2, 0.87 * inches(slanting, _FONT) + 0.1)
