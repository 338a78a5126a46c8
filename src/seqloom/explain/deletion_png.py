"""The deletion curve as a PNG picture, drawn by matplotlib; what it shows stands in deletion.py."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from pathlib import Path
from textwrap import wrap

from matplotlib.axes import Axes

from seqloom.explain.deletion import BY_CHANCE, BY_MAP, DeletionCurve
from seqloom.explain.fonts import describe, drawable
from seqloom.explain.paper import dress, save, sheet
from seqloom.explain.png import NOTE_LINE, SMALL_PRINT, TITLE_FONT, cells, inches
from seqloom.explain.svg import SLANT, upright_limit
from seqloom.explain.theme import LIGHT, Theme

_PLOT, _TOP, _LEFT, _STRIDE = 2.0, 0.75, 0.75, 0.36
_FONT, _NOTE_WIDTH = 10, 68


def png_deletion(curve: DeletionCurve, path: str | Path, theme: Theme = LIGHT) -> None:
    """Write the picture."""
    missing = describe(_missing(curve))
    told = [*curve.notes, missing] if missing else curve.notes
    notes = [line for note in told for line in wrap(note, _NOTE_WIDTH)]
    bottom = 0.62 + _depth(curve) + NOTE_LINE * len(notes)
    wide = max(3.6, _STRIDE * (len(curve.curves.erased) - 1))
    width, height = _LEFT + wide + 0.25, _TOP + _PLOT + bottom
    figure = sheet(theme, width, height)
    box = (_LEFT / width, bottom / height, wide / width, _PLOT / height)
    _draw(dress(figure.add_axes(box), theme), curve, theme)
    top = 1 - 0.2 / height
    figure.text(0.1 / width, top, curve.title, size=TITLE_FONT, weight="bold", color=theme.ink)
    for line, note in enumerate(reversed(notes)):
        place = (0.1 / width, (0.1 + NOTE_LINE * line) / height)
        figure.text(*place, note, size=SMALL_PRINT, color=theme.quiet)
    save(figure, path)


def _missing(curve: DeletionCurve) -> list[str]:
    """Characters of the tokens that no font has."""
    return [each for token in curve.tokens for each in drawable(token).missing]


def _draw(axes: Axes, curve: DeletionCurve, theme: Theme) -> None:
    curves = curve.curves
    axes.fill_between(
        curves.erased, curves.ordered, curves.random, color=theme.weight, alpha=0.12, lw=0
    )
    axes.plot(
        curves.erased, curves.ordered, color=theme.weight, lw=1.6, marker="o", ms=4, zorder=3,
        label=BY_MAP,
    )  # fmt: skip
    axes.plot(curves.erased, curves.random, color=theme.quiet, ls="--", lw=1.4, label=BY_CHANCE)
    axes.set_xticks(curves.erased)
    axes.tick_params(length=0, labelsize=SMALL_PRINT)
    axes.grid(axis="y", color=theme.edge, linewidth=0.5)
    axes.spines[:].set_visible(False)
    axes.set_title(curve.up, loc="left", size=SMALL_PRINT, color=theme.quiet)
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1.11), ncols=2, frameon=False, fontsize=SMALL_PRINT,
        borderpad=0, columnspacing=1.2, labelcolor=theme.ink,
    )  # fmt: skip
    _tokens(axes, curve, theme)


def _tokens(axes: Axes, curve: DeletionCurve, theme: Theme) -> None:
    """Below its point what was erased last there, and what the axis counts."""
    upright, below = upright_limit(curve.tokens), axes.get_xaxis_transform()
    for token, count in zip(curve.tokens, curve.curves.erased[1:], strict=True):
        slants = cells(token) > upright
        axes.annotate(
            token, (count, 0), xycoords=below, xytext=(0, -18), textcoords="offset points",
            ha="right" if slants else "center", va="top", rotation=-SLANT if slants else 0,
            rotation_mode="default", size=_FONT, color=theme.ink,
        )  # fmt: skip
    axes.annotate(
        curve.across, (0, 0), xycoords="axes fraction", xytext=(0, -26 - 72 * _depth(curve)),
        textcoords="offset points", size=SMALL_PRINT, color=theme.quiet,
    )  # fmt: skip


def _depth(curve: DeletionCurve) -> float:
    """How far down the tokens reach, in inches."""
    limit = upright_limit(curve.tokens)
    slanting = max((c for c in map(cells, curve.tokens) if c > limit), default=0)
    return max(0.2, 0.87 * inches(slanting, _FONT) + 0.1)
