"""phi(t, u) over the drawing as an SVG picture; what it shows stands in window.py.

Equal shades that touch are one rectangle, and all rectangles of a shade one path: a page of handwriting
stays small. A long drawing has several points to a column, which shows their mean. A row and the lines
drawn for its character carry its place in `data-s`, for the page around it. Lengths are in pixels; style,
fonts and colours are those of the attention maps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

import numpy as np

from seqloom.explain import svg
from seqloom.explain.embedded import page_fonts
from seqloom.explain.window import AXIS, TITLE, Points, Window
from seqloom.search.stepper import Reals

SHADES = 16
"""Shades apart from none."""
_TOP, _LEFT, _RIGHT = 40.0, 40.0, 20.0
_NARROWEST, _WIDEST, _POINT = 330.0, 860.0, 3.0
"""Of the plot, and of a point where there is room."""
_DRAWING = 170.0
"""The drawing's height at most."""
_FEWEST_PIXELS = 2.0
"""Of a column."""


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where rows and columns are."""

    width: float
    row: float
    rows: int
    points: int

    @property
    def bottom(self) -> float:
        return _TOP + self.row * self.rows

    def x(self, point: float) -> float:
        return _LEFT + self.width * point / max(1, self.points)


def svg_window(window: Window) -> str:
    """A complete SVG document."""
    fonts = page_fonts(draw_window(window))
    return draw_window(window, f"<style>{svg.style(fonts)}</style>")


def draw_window(window: Window, styled: str = "") -> str:
    """`styled` is as for a map."""
    points, rows = window.phi.shape
    width = min(_WIDEST, max(_NARROWEST, _POINT * points))
    plane = _Plane(width, 0.8 * svg.side(rows), rows, points)
    drawn, height = _drawing(window, plane)
    parts = [
        f'<text class="title" x="10" y="22" font-size="14">{TITLE}</text>',
        *_labels(window, plane),
        *_shades(window.shares, plane),
        *_rows(window, plane),
        *_axis(window, plane),
        *drawn,
    ]
    name = escape(f"{TITLE}: {window.text}, {points} points")
    whole = (_LEFT + width + _RIGHT, plane.bottom + 56 + height + 14)
    return svg.document(name, *whole, parts, styled)


def _labels(window: Window, plane: _Plane) -> list[str]:
    size = 0.75 * plane.row
    return [
        f'<text x="{_LEFT - 8:g}" y="{_TOP + (place + 0.5) * plane.row + 0.35 * size:.1f}" '
        f'text-anchor="end" font-size="{size:.1f}" data-s="{place}">{escape(character)}</text>'
        for place, character in enumerate(window.characters)
    ]


def _shades(shares: Reals, plane: _Plane) -> list[str]:
    """A path for each shade."""
    columns = max(1, min(len(shares), int(plane.width / _FEWEST_PIXELS)))
    parts = [part.mean(axis=0) for part in np.array_split(shares, columns)] if len(shares) else []
    shade = np.round(np.clip(np.array(parts), 0, 1) * SHADES).astype(int)
    boxes: dict[int, list[str]] = {}
    for row in range(plane.rows):
        for found, start, end in _runs(shade[:, row].tolist() if len(parts) else []):
            left, right = (plane.x(plane.points * place / columns) for place in (start, end))
            box = f"M{left:.1f} {_TOP + row * plane.row:.1f}h{right - left:.1f}v{plane.row:.1f}"
            boxes.setdefault(found, []).append(f"{box}H{left:.1f}z")
    return [
        f'<path class="weight" fill-opacity="{found / SHADES:.3f}" d="{"".join(boxes[found])}"/>'
        for found in sorted(boxes)
        if found
    ]


def _runs(shades: list[int]) -> Iterator[tuple[int, int, int]]:
    """Each shade with where it begins and ends."""
    start = 0
    for shade, equal in groupby(shades):
        end = start + len(list(equal))
        yield shade, start, end
        start = end


def _rows(window: Window, plane: _Plane) -> list[str]:
    """What tells of a character when it is pointed at, and the lines between."""
    lines = "".join(
        f"M{_LEFT:g} {_TOP + row * plane.row:.1f}h{plane.width:g}" for row in range(plane.rows + 1)
    )
    sides = "".join(f"M{x:g} {_TOP:g}V{plane.bottom:g}" for x in (_LEFT, _LEFT + plane.width))
    told = zip(window.characters, window.stretches(), strict=True)
    return [
        f'<path class="grid" pointer-events="none" d="{lines}{sides}"/>',
        *(
            f'<rect x="{_LEFT:g}" y="{_TOP + place * plane.row:.1f}" width="{plane.width:g}" '
            f'height="{plane.row:.1f}" fill-opacity="0" data-s="{place}"><title>'
            f"{escape(f'{character}: {stretch}, φ up to {stretch.most:.2f}')}</title></rect>"
            for place, (character, stretch) in enumerate(told)
        ),
    ]


def _axis(window: Window, plane: _Plane) -> list[str]:
    """The first and the last point, and the scale."""
    y, right = plane.bottom + 16, _LEFT + plane.width
    scale = right - 150
    bar = [
        f'<rect class="weight" x="{scale + 10 * step:g}" y="{y + 6:g}" width="10" height="12" '
        f'fill-opacity="{step / 10:.1f}"/>'
        for step in range(11)
    ]
    return [
        svg.small(_LEFT, y, "1"),
        f'<text class="quiet" x="{right:g}" y="{y:g}" text-anchor="end" font-size="12">'
        f"{plane.points}</text>",
        svg.small(_LEFT, y + 16, AXIS),
        svg.small(scale - 12, y + 16, "0"),
        *bar,
        svg.small(scale + 116, y + 16, f"{window.most:.2f}"),
    ]


def _drawing(window: Window, plane: _Plane) -> tuple[list[str], float]:
    """As wide as the plot if it is not too high then; and its height."""
    lines = window.lines()
    if not lines:
        return [], 0.0
    every = np.concatenate([line.points for line in lines])
    least, size = every.min(axis=0), np.maximum(np.ptp(every, axis=0), 1e-12)
    scale = min(plane.width / size[0], _DRAWING / size[1])
    corner = np.array([_LEFT, plane.bottom + 56])
    drawn = [
        _line(corner + (line.points - least) * scale, line.character, window) for line in lines
    ]
    return drawn, float(size[1] * scale)


def _line(points: Points, character: int | None, window: Window) -> str:
    placed = [f"{x:.1f} {y:.1f}" for x, y in points.tolist()]
    path = f"M{'L'.join(placed if len(placed) > 1 else 2 * placed)}"
    if character is None:
        return f'<path class="pen given" d="{path}"/>'
    told = escape(window.characters[character])
    return f'<path class="pen" data-s="{character}" d="{path}"><title>{told}</title></path>'
