"""The deletion curve as a drawing: log p of an output while tokens of its source are erased.

    line      in the order in which the map names them
    dashes    the mean of orders drawn by chance
    between   the area is the figure of faithfulness, over the share erased; above 0 where the line is below

Below the line stands which token the map has erased at each point. Lengths are in pixels; style, fonts
and colours are those of the attention maps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Protocol

from seqloom.errors import UserError
from seqloom.explain import svg
from seqloom.explain.embedded import page_fonts
from seqloom.explain.labels import clip, label

NOTHING_ERASED = (
    "A deletion curve needs a source of two tokens or more and orders drawn by chance, but there is "
    "none of this output. Explain a longer source, by a method that the model has."
)
BY_MAP, BY_CHANCE = "erased in the order of the map", "in random orders (mean)"
_LEFT, _RIGHT, _TOP, _PLOT = 72.0, 24.0, 92.0, 190.0
_STRIDE, _NARROWEST, _FONT = 34.0, 330.0, 12.0
_LONGEST = 10
"""Terminal cells of a token below the line."""


class Curves(Protocol):
    """log p over `erased`, how many tokens were erased at each point; as text, the figure.

    order  the places of the source tokens, in the order of the map
    """

    @property
    def erased(self) -> tuple[int, ...]: ...
    @property
    def ordered(self) -> tuple[float, ...]: ...
    @property
    def random(self) -> tuple[float, ...]: ...
    @property
    def order(self) -> tuple[int, ...]: ...


class Attributed(Protocol):
    """A map of what an output owes to its source, and its curves if there are any."""

    @property
    def title(self) -> str: ...
    @property
    def source_tokens(self) -> tuple[str, ...]: ...
    @property
    def faithfulness(self) -> Curves | None: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class DeletionCurve:
    """tokens  what the map erased last at each point but the first, as shown
    across     what the axis counts
    up         what the curves are
    """

    title: str
    tokens: tuple[str, ...]
    curves: Curves
    notes: tuple[str, ...]
    across: str
    up: str


def deletion_curve(
    attribution: Attributed | None, parts: str = "source tokens", of: str = "the output"
) -> DeletionCurve:
    """Of an attribution. Raises UserError if there was nothing to erase.

    parts  what was erased
    of     what was watched
    """
    if attribution is None or attribution.faithfulness is None:
        raise UserError(NOTHING_ERASED)
    curves = attribution.faithfulness
    tokens = [label(attribution.source_tokens[place]) for place in curves.order]
    strides = pairwise(curves.erased)
    return DeletionCurve(
        f"Deletion curve: {attribution.title}",
        tuple(_stride(tokens[start:end]) for start, end in strides),
        curves,
        (str(curves), *attribution.notes),
        f"{parts} erased; below, the one erased last",
        f"log p of {of} (nats)",
    )


def _stride(tokens: Sequence[str]) -> str:
    """The last of those that were erased together, and how many came with it."""
    more = f" +{len(tokens) - 1}" if len(tokens) > 1 else ""
    return clip(tokens[-1], _LONGEST - len(more)) + more


def svg_deletion(curve: DeletionCurve) -> str:
    """A complete SVG document."""
    fonts = page_fonts(draw_deletion(curve))
    return draw_deletion(curve, f"<style>{svg.style(fonts)}</style>")


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where a point of the curves is drawn."""

    right: float
    erased: int
    low: float
    high: float

    def x(self, erased: float) -> float:
        return _LEFT + (self.right - _LEFT) * erased / self.erased

    def y(self, log_prob: float) -> float:
        return _TOP + _PLOT * (self.high - log_prob) / (self.high - self.low)

    def path(self, erased: Sequence[int], values: Sequence[float]) -> str:
        return " ".join(
            f"{self.x(count):.1f},{self.y(value):.1f}"
            for count, value in zip(erased, values, strict=True)
        )


def draw_deletion(curve: DeletionCurve, styled: str = "") -> str:
    """`styled` is as for a map."""
    curves = curve.curves
    levels = ticks(min(*curves.ordered, *curves.random), max(*curves.ordered, *curves.random))
    right = _LEFT + max(_NARROWEST, _STRIDE * (len(curves.erased) - 1))
    plane = _Plane(right, curves.erased[-1], levels[0], levels[-1])
    lowest = _TOP + _PLOT + 22 + _depth(curve) + 18
    notes = [svg.small(10, lowest + 22 + 18 * row, note) for row, note in enumerate(curve.notes)]
    widest = max(svg.text_width(len(note), _FONT) for note in curve.notes)
    width, height = max(right + _RIGHT, widest + 20), lowest + 14 + 18 * len(notes)
    parts = [
        f'<text class="title" x="10" y="20" font-size="14">{escape(curve.title)}</text>',
        *_legend(curve),
        *_levels(plane, levels),
        *_lines(plane, curves),
        *_erased(plane, curve),
        svg.small(_LEFT, lowest, curve.across),
        *notes,
    ]
    return svg.document(escape(f"{curve.title}. {curves}"), width, height, parts, styled)


def ticks(low: float, high: float) -> list[float]:
    """Round figures, evenly apart, from below `low` to above `high`."""
    span = max(high - low, 1e-3)
    decade = 10.0 ** floor(log10(span / 3))
    step = next(decade * times for times in (1, 2, 5, 10) if decade * times >= span / 5)
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    return [step * number for number in range(first, last + 1)]


def _legend(curve: DeletionCurve) -> list[str]:
    return [
        f'<path class="line" d="M{_LEFT:g} 38h24"/>',
        svg.small(_LEFT + 32, 42, BY_MAP),
        f'<path class="line chance" d="M{_LEFT:g} 56h24"/>',
        svg.small(_LEFT + 32, 60, BY_CHANCE),
        svg.small(10, _TOP - 12, curve.up),
    ]


def _levels(plane: _Plane, levels: Sequence[float]) -> list[str]:
    digits = max(0, -floor(log10(levels[1] - levels[0]) + 1e-9))
    lines = "".join(f"M{_LEFT:g} {plane.y(level):.1f}H{plane.right:g}" for level in levels)
    return [
        f'<path class="grid" d="{lines}"/>',
        *(
            f'<text class="quiet" x="{_LEFT - 8:g}" y="{plane.y(level) + 4:.1f}" '
            f'text-anchor="end" font-size="{_FONT:g}">{level:.{digits}f}</text>'
            for level in levels
        ),
    ]


def _lines(plane: _Plane, curves: Curves) -> list[str]:
    by_map = plane.path(curves.erased, curves.ordered)
    back = plane.path(curves.erased[::-1], curves.random[::-1])
    return [
        f'<polygon class="weight" fill-opacity="0.12" points="{by_map} {back}"/>',
        f'<polyline class="line chance" points="{plane.path(curves.erased, curves.random)}"/>',
        f'<polyline class="line" points="{by_map}"/>',
        *_dots(plane, curves),
    ]


def _dots(plane: _Plane, curves: Curves) -> list[str]:
    return [
        f'<circle class="weight" cx="{plane.x(count):.1f}" cy="{plane.y(value):.1f}" r="3.5">'
        f"<title>{count} erased: log p {value:.2f}, by chance {chance:.2f}</title></circle>"
        for count, value, chance in zip(curves.erased, curves.ordered, curves.random, strict=True)
    ]


def _erased(plane: _Plane, curve: DeletionCurve) -> list[str]:
    """How many were erased at each point, and the last of them below."""
    base, upright = _TOP + _PLOT + 18, _upright(curve)
    numbers = [
        f'<text class="quiet" x="{plane.x(count):.1f}" y="{base:g}" text-anchor="middle" '
        f'font-size="{_FONT:g}">{count}</text>'
        for count in curve.curves.erased
    ]
    return numbers + [
        _token(token, plane.x(count), base + 18, upright)
        for token, count in zip(curve.tokens, curve.curves.erased[1:], strict=True)
    ]


def _token(token: str, x: float, y: float, upright: int) -> str:
    place = (
        f'x="{x:.1f}" y="{y:g}" text-anchor="middle"'
        if svg.cells(token) <= upright
        else f'transform="translate({x + 4:.1f} {y - 6:g}) rotate({svg.SLANT})" text-anchor="end"'
    )
    return f'<text {place} font-size="14">{escape(token)}</text>'


def _upright(curve: DeletionCurve) -> int:
    return svg.upright_limit(curve.tokens)


def _depth(curve: DeletionCurve) -> float:
    """How far down the tokens reach."""
    slanting = [c for c in map(svg.cells, curve.tokens) if c > _upright(curve)]
    return 20 + svg.text_width(max(slanting, default=0), 14) * 0.87
