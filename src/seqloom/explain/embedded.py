"""Fonts inside a page: what the reader's own may lack comes along, and nothing else does.

The families are asked for in this order, character by character:
  the embedded ones  the bundled fonts of `fonts`, cut down to the characters that the page shows;
                     each only draws the characters in its `unicode-range`
  system-ui          the reader's interface font, for all that is plain
  the others         for what no bundled font has
The order matters: Chromium leaves boxes where an embedded font follows a font of the system.

Plain are Latin up to U+017F, Greek, Cyrillic, dashes and quotes: every machine has them. They are
embedded only for a page with phonetic or other rare letters of these scripts, or with accents on
their own: a word looks best in one font, and an accent needs the font of its letter.

A cut font keeps the rules by which Arabic letters join and Devanagari ligates, its copyright and
its licence; an axis such as weight is fixed at its default. A Korean date takes 6 kB. The same page
gives the same bytes.

Without matplotlib and fontTools (the extra `train`) nothing is embedded, and the page still works.
"""

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from fontTools.subset import Options
    from fontTools.ttLib import TTFont

READERS = (
    "system-ui, 'Noto Sans', 'DejaVu Sans', 'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', "
    "'Noto Sans CJK KR', 'Noto Sans KR', 'Hiragino Sans', 'Yu Gothic', 'Noto Sans CJK JP', "
    "'Noto Sans Arabic', 'Noto Sans Devanagari', 'Nirmala UI', 'Kohinoor Devanagari', "
    "'Noto Sans Thai', 'Noto Sans Bengali', sans-serif"
)
TOOLTIP_OR_TAG = regex.compile(r"<title>[^<]*</title>|<[^>]*>")
"""A tooltip is drawn by the system, which uses no font of the page."""
PLAIN = regex.compile(r"[!-\u017f\u0370-\u045f\u2010-\u2026]")
BEYOND_PLAIN = regex.compile(rf"[^\x00-\x20{PLAIN.pattern[1:-1]}]+")
AMONG_PLAIN = regex.compile(r"[\u0180-\u036f\u1d00-\u1fff]")
"""Rare letters, and accents on their own, that stand in words of plain letters."""
SPLIT_WHEN_DRAWN = {"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"}
"""The vowel am of Thai and Lao: browsers draw it as its two parts, around a tone mark."""
UNUSED_TABLES = ("BASE", "FFTM", "MATH", "VORG", "kern", "vhea", "vmtx")
"""Vertical text, formulas, an editor's time stamp, and kerning that GPOS has as well."""
NAMES_KEPT: tuple[int, ...] = (0, 13, 14)
"""Copyright, licence and the licence's address."""


@dataclass(frozen=True, slots=True)
class PageFonts:
    """CSS for a page: `faces` are its @font-face rules, `families` is its list of families."""

    faces: str
    families: str


def page_fonts(markup: str) -> PageFonts:
    """The fonts for all text between the tags of a page that escaped its text."""
    text = unescape(TOOLTIP_OR_TAG.sub(" ", markup))
    shares = _shares(_runs(text))
    faces = "".join(_face(family, characters) for family, characters in shares.items())
    return PageFonts(faces, ", ".join([*map(_name, shares), READERS]))


def _runs(text: str) -> frozenset[str]:
    """Each run is to be drawn by one font."""
    runs = frozenset(BEYOND_PLAIN.findall(text))
    return runs | {"".join(PLAIN.findall(text))} if AMONG_PLAIN.search(text) else runs


def _shares(runs: frozenset[str]) -> dict[str, frozenset[str]]:
    """What each bundled family has to draw. A run stays in one font where one has all of it: signs
    of two fonts do not join."""
    if not runs:
        return {}
    try:
        from seqloom.explain.fonts import bundled, shared
    except ModuleNotFoundError:
        return {}
    found: dict[str, frozenset[str]] = dict.fromkeys(bundled(), frozenset())
    for run in runs:
        for family, characters in shared(_drawn(run), bundled()):
            found[family] |= characters
    return {family: characters for family, characters in found.items() if characters}


def _drawn(run: str) -> frozenset[str]:
    return frozenset(run).union(*(SPLIT_WHEN_DRAWN.get(character, "") for character in run))


def _name(family: str) -> str:
    """A name of its own: under the family's, the few signs would hide the reader's full font."""
    return f"'Embedded {family}'"


@cache
def _face(family: str, characters: frozenset[str]) -> str:
    codes = ",".join(f"U+{ord(character):X}" for character in sorted(characters))
    data = b64encode(_cut(family, characters)).decode("ascii")
    return (
        f"@font-face {{ font-family: {_name(family)}; unicode-range: {codes}; "
        f"src: url(data:font/woff;base64,{data}) format('woff'); }}\n"
    )


def _cut(family: str, characters: frozenset[str]) -> bytes:
    """The family's font file with these characters only, as WOFF."""
    from fontTools.subset import Subsetter
    from fontTools.ttLib import TTFont

    from seqloom.explain.fonts import file_of

    with TTFont(file_of(family), lazy=True, recalcTimestamp=False) as font, BytesIO() as woff:
        subsetter = Subsetter(_options())
        subsetter.populate(unicodes=sorted(map(ord, characters)))
        subsetter.subset(font)
        _fix_axes(font)
        font.flavor = "woff"
        font.save(woff)
        return woff.getvalue()


def _options() -> "Options":
    from fontTools.subset import Options

    options = Options()
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = list(NAMES_KEPT)
    options.drop_tables = [*options.drop_tables, *UNUSED_TABLES]
    return options


def _fix_axes(font: "TTFont") -> None:
    from fontTools.varLib.instancer import instantiateVariableFont

    if "fvar" in font:
        defaults = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        instantiateVariableFont(font, defaults, inplace=True)
