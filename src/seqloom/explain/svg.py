"""An attention map as an SVG picture: source tokens on top, output tokens on the left.

The browser shapes the text; fonts for what its own may lack come along (`embedded`).
Each weight is a square of one blue whose opacity is the weight: on white that is a scale from white
to dark blue, on black from black to light blue, and the picture follows the reader's colour scheme.
Figures below 0 are orange, which no kind of colour blindness takes for blue.
A square names its tokens and its weight when pointed at, and carries their positions in `data-s`
and `data-t` for the page around it. Shares below 0.005 have no square.

Lengths are in pixels at the natural size; a wide picture shrinks to its container.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from rich.cells import cell_len

from seqloom.explain.attention_map import OUTPUT_BY_SOURCE, AttentionMap, attention_map
from seqloom.explain.embedded import PageFonts, page_fonts
from seqloom.explain.labels import clip
from seqloom.explain.theme import DARK, LIGHT, Theme
from seqloom.predict.result import Result


def _colours(theme: Theme) -> str:
    return f""".attention-map text {{ fill: {theme.ink}; }}
.attention-map .quiet {{ fill: {theme.quiet}; }}
.attention-map .paper {{ fill: {theme.paper}; }}
.attention-map .weight {{ fill: {theme.weight}; }}
.attention-map .weight.against {{ fill: {theme.against}; }}
.attention-map .grid {{ stroke: {theme.edge}; }}
.attention-map .line {{ stroke: {theme.weight}; }}
.attention-map .line.chance {{ stroke: {theme.quiet}; }}
.attention-map .pen {{ stroke: {theme.ink}; }}
.attention-map .pen.given {{ stroke: {theme.given}; }}"""


STYLE = f"""
.attention-map {{ font-family: FONTS; max-width: 100%; height: auto; }}
.attention-map .title {{ font-weight: 600; }}
.attention-map .grid {{ stroke-width: 0.5; fill: none; }}
.attention-map .line {{ stroke-width: 2; fill: none; }}
.attention-map .line.chance {{ stroke-dasharray: 5 3; }}
.attention-map .pen {{ stroke-width: 1.6; fill: none; stroke-linecap: round; stroke-linejoin: round; }}
{_colours(LIGHT)}
@media (prefers-color-scheme: dark) {{
{_colours(DARK)}
}}
"""

FEW, MANY = 12, 40
LARGE, SMALL = 32.0, 18.0
"""Up to FEW tokens have LARGE squares, MANY and more have SMALL ones."""
CELL_EM = 0.68
"""A terminal cell in ems: generous for Latin and for half a Hangul syllable."""
UPRIGHT_CELLS = 2
"""Source tokens up to this width stand upright where most are as short; others slant."""
SLANT = -60
LONGEST_LABEL = 24
SMALLEST_SHOWN = 0.005
LEGEND_STEPS = 11
TITLE = 26
"""The height of a title."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are: the square at (left, top) is the first, `square` is its side; source
    tokens up to `upright` cells stand upright."""

    square: float
    font: float
    upright: int
    left: float
    top: float
    width: float
    height: float


def svg_map(result: Result, output: int = 0) -> str:
    """The map of one output as a complete SVG document, to be saved or put into a page."""
    return svg_picture(attention_map(result, output))


def svg_picture(attention: AttentionMap) -> str:
    """A map as a complete SVG document."""
    fonts = page_fonts(draw(attention))
    return draw(attention, f"<style>{style(fonts)}</style>")


def style(fonts: PageFonts) -> str:
    """The CSS of the maps of one page."""
    return fonts.faces + STYLE.replace("FONTS", fonts.families)


def draw(attention: AttentionMap, styled: str = "") -> str:
    """`styled` is the element with the style; a page that holds several maps has its own."""
    at, reading = layout(attention), attention.reading
    name = (
        f"{_name(attention)}: {len(attention.target)} {reading.rows} by {len(attention.source)} "
        f"{reading.columns}"
    )
    return document(name, at.width, at.height, inside(attention), styled)


def document(name: str, width: float, height: float, parts: Sequence[str], styled: str) -> str:
    """An SVG document of these parts on paper; `name` is escaped."""
    whole = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="attention-map" role="img" '
        f'aria-label="{name}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">',
        styled,
        f'<rect class="paper" width="{width:g}" height="{height:g}"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(part for part in whole if part)


def inside(attention: AttentionMap) -> list[str]:
    """All of a map but the document around it."""
    at = layout(attention)
    return [
        *_title(attention),
        *_source_labels(attention, at),
        *_target_labels(attention, at),
        *_squares(attention, at),
        _grid(attention, at),
        *_legend(attention, at),
        *_notes(attention, at),
    ]


def layout(attention: AttentionMap) -> Layout:
    """Sizes that suit 3 tokens and 60."""
    rows, columns = len(attention.target), len(attention.source)
    square = side(max(rows, columns))
    font = min(15.0, square * 0.68)
    upright = upright_limit(attention.source)
    slanting = max((c for c in map(cells, attention.source) if c > upright), default=0)
    left = text_width(max(map(cells, attention.target), default=1), font) + 20
    top = max(font * 1.6, text_width(slanting, font) * 0.87 + font) + 12
    top += TITLE if attention.title else 0
    overhang = max(12.0, text_width(slanting, font) * 0.5)
    lines = [attention.title, *attention.notes]
    note = max(text_width(cell_len(text), 12) for text in lines)
    return Layout(
        square=square,
        font=font,
        upright=upright,
        left=left,
        top=top,
        width=max(left + columns * square + overhang, left + 250, note + 20),
        height=top + rows * square + (48 if attention.scale else 14) + 18 * len(attention.notes),
    )


def upright_limit(source: Sequence[str]) -> int:
    """Characters stand upright, but for a stray long token such as <eos>; words all slant."""
    short = sum(cells(token) <= UPRIGHT_CELLS for token in source)
    return UPRIGHT_CELLS if 2 * short > len(source) else 0


def side(tokens: int) -> float:
    """The side of a square, shrinking evenly from FEW tokens to MANY."""
    share = min(1.0, max(0.0, (tokens - FEW) / (MANY - FEW)))
    return LARGE + share * (SMALL - LARGE)


def _source_labels(attention: AttentionMap, at: Layout) -> list[str]:
    return [
        _source_label(token, at.left + (column + 0.5) * at.square, _linked(attention, s=column), at)
        for column, token in enumerate(attention.source)
    ]


def _linked(attention: AttentionMap, **places: int) -> str:
    """Attributes by which a page lights up what belongs to a token."""
    if attention.reading != OUTPUT_BY_SOURCE:
        return ""
    return "".join(f' data-{axis}="{place}"' for axis, place in places.items())


def _source_label(token: str, x: float, linked: str, at: Layout) -> str:
    y = at.top - 6
    place = (
        f'x="{x:g}" y="{y:g}" text-anchor="middle"'
        if cells(token) <= at.upright
        else f'transform="translate({x + at.font * 0.3:g} {y:g}) rotate({SLANT})"'
    )
    return f'<text {place} font-size="{at.font:g}"{linked}>{clipped(token)}</text>'


def _target_labels(attention: AttentionMap, at: Layout) -> list[str]:
    return [
        f'<text x="{at.left - 8:g}" y="{at.top + (row + 0.5) * at.square + at.font * 0.35:g}" '
        f'text-anchor="end" font-size="{at.font:g}"{_linked(attention, t=row)}>{clipped(token)}</text>'
        for row, token in enumerate(attention.target)
    ]


def _squares(attention: AttentionMap, at: Layout) -> list[str]:
    return [
        _square(attention, row, column, at)
        for row in range(len(attention.target))
        for column in range(len(attention.source))
        if abs(attention.shares[row, column]) >= SMALLEST_SHOWN
    ]


def _square(attention: AttentionMap, row: int, column: int, at: Layout) -> str:
    weight = float(attention.weights[row, column])
    share = float(attention.shares[row, column])
    figure = attention.told(weight)
    names = (attention.target[row], attention.reading.joint, attention.source[column])
    told = escape(f"{' '.join(names)}: {figure}")
    return (
        f'<rect class="weight{" against" if share < 0 else ""}" x="{at.left + column * at.square:g}" '
        f'y="{at.top + row * at.square:g}" width="{at.square:g}" height="{at.square:g}" '
        f'fill-opacity="{min(abs(share), 1.0):.3f}"{_linked(attention, t=row, s=column)}>'
        f"<title>{told}</title></rect>"
    )


def _grid(attention: AttentionMap, at: Layout) -> str:
    """One path for all lines between squares; it lets the pointer through to the squares."""
    rows, columns = len(attention.target), len(attention.source)
    right, bottom = at.left + columns * at.square, at.top + rows * at.square
    across = "".join(
        f"M{at.left:g} {at.top + row * at.square:g}H{right:g}" for row in range(rows + 1)
    )
    down = "".join(
        f"M{at.left + column * at.square:g} {at.top:g}V{bottom:g}" for column in range(columns + 1)
    )
    return f'<path class="grid" pointer-events="none" d="{across}{down}"/>'


def _legend(attention: AttentionMap, at: Layout) -> list[str]:
    """The scale; for signed figures from the most against to the most in favour."""
    if not attention.scale:
        return []
    y = at.top + len(attention.target) * at.square + 14
    low, high = attention.ends
    x = at.left + 14 + text_width(len(low), 12)
    edges = [x + 100 * step / LEGEND_STEPS for step in range(LEGEND_STEPS + 1)]
    steps = [step / (LEGEND_STEPS - 1) for step in range(LEGEND_STEPS)]
    shares = [2 * step - 1 for step in steps] if attention.signed else steps
    bar = [
        f'<rect class="weight{" against" if share < 0 else ""}" x="{here:g}" y="{y:g}" '
        f'width="{after - here:g}" height="12" fill-opacity="{abs(share):.2f}"/>'
        for share, (here, after) in zip(shares, pairwise(edges), strict=True)
    ]
    return [
        small(at.left + 10, y + 10, low),
        *bar,
        f'<rect class="grid" x="{x:g}" y="{y:g}" width="100" height="12"/>',
        small(x + 106, y + 10, high),
    ]


def _title(attention: AttentionMap) -> list[str]:
    if not attention.title:
        return []
    return [f'<text class="title" x="10" y="20" font-size="14">{escape(attention.title)}</text>']


def _name(attention: AttentionMap) -> str:
    return escape(attention.title) or "Attention weights"


def _notes(attention: AttentionMap, at: Layout) -> list[str]:
    first = at.height - 18 * len(attention.notes)
    return [small(10, first + 18 * row + 6, note) for row, note in enumerate(attention.notes)]


def small(x: float, y: float, text: str) -> str:
    return f'<text class="quiet" x="{x:g}" y="{y:g}" font-size="12">{escape(text)}</text>'


def text_width(count: int, font: float) -> float:
    """Of so many terminal cells."""
    return count * CELL_EM * font


def cells(token: str) -> int:
    return min(cell_len(token), LONGEST_LABEL)


def clipped(token: str) -> str:
    return escape(clip(token, LONGEST_LABEL))
