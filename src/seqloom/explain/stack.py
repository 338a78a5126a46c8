"""Several maps as one drawing, one below the other, with one scale for all."""

from collections.abc import Sequence
from html import escape

from seqloom.explain import svg
from seqloom.explain.attention_map import AttentionMap
from seqloom.explain.embedded import page_fonts

_HEAD = 30.0
"""Room for the title."""


def svg_stack(maps: Sequence[AttentionMap], title: str) -> str:
    """A complete SVG document."""
    fonts = page_fonts(draw_stack(maps, title))
    return draw_stack(maps, title, f"<style>{svg.style(fonts)}</style>")


def draw_stack(maps: Sequence[AttentionMap], title: str, styled: str = "") -> str:
    """`styled` is as for a single map."""
    top, named = _HEAD, escape(title)
    parts = [f'<text class="title" x="10" y="21" font-size="16">{named}</text>']
    for each in maps:
        parts += [f'<g transform="translate(0 {top:g})">', *svg.inside(each), "</g>"]
        top += svg.layout(each).height
    width = max(svg.layout(each).width for each in maps)
    name = f"{named}: {', '.join(escape(each.title) for each in maps)}"
    return svg.document(name, width, top, parts, styled)
