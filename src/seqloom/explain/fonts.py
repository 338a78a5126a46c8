"""Fonts for pictures: which families draw a text, and which characters none of them has.

Fonts are looked for in this order, and the first that has every character of the text wins:
  DejaVu Sans            comes with matplotlib: Latin, Greek, Cyrillic, Arabic, Georgian, IPA, ...
  the packages below     Hangul, kana and kanji; Devanagari; Thai
  the system's fonts     whatever matplotlib found on this machine
Where no one font has all, several share the text. A character that none has is replaced by its
code, so that a PNG picture never holds an empty box, and is reported by name. A page holds those
of the bundled fonts, which are all but the system's.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import FontProperties, fontManager, get_font

PACKAGES = ("notojp_matplotlib", "fontpkg_noto_sans_devanagari", "fontpkg_noto_sans_thai")
DEFAULT = "DejaVu Sans"
REGULAR = 400
NO_REAL_GLYPHS = ("Last Resort", "Adobe Blank")
"""Fonts that claim every character and draw a box, or nothing, for it."""
IGNORABLE = "\u200c\u200d\u200e\u200f\ufe0e\ufe0f"
"""Joiners and marks steer how neighbours are drawn and need no glyph."""


@dataclass(frozen=True, slots=True)
class Drawable:
    """A text that can be drawn: missing characters replaced, and the families that draw it."""

    text: str
    families: tuple[str, ...]
    missing: tuple[str, ...]

    def properties(self, size: float) -> FontProperties:
        return FontProperties(family=list(self.families), size=size)


@cache
def drawable(text: str) -> Drawable:
    """Choose the fonts for a text by what they cover."""
    families = tuple(_families(frozenset(text) - frozenset(IGNORABLE), candidates()))
    missing = tuple(
        character
        for character in dict.fromkeys(text)
        if character not in IGNORABLE and not any(covers(name, character) for name in families)
    )
    shown = "".join(_code(character) if character in missing else character for character in text)
    return Drawable(shown, families, missing)


def shared(
    characters: frozenset[str], names: Sequence[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The families among `names` that draw these characters, each with all that it has of them.
    Joiners go to each."""
    drawn = characters - frozenset(IGNORABLE)
    for name in _families(drawn, names):
        if has := drawn - _without(drawn, name):
            yield name, has | (characters - drawn)


def _families(characters: frozenset[str], names: Sequence[str]) -> Iterator[str]:
    """One family that has all, or else each in turn that has some of what is still left."""
    left = characters
    for name in names:
        if all(covers(name, character) for character in left):
            yield name
            return
    yield DEFAULT
    left = _without(left, DEFAULT)
    for name in names:
        smaller = _without(left, name)
        if smaller != left:
            yield name
            left = smaller


def _without(characters: frozenset[str], family: str) -> frozenset[str]:
    return frozenset(c for c in characters if not covers(family, c))


def covers(family: str, character: str) -> bool:
    """True if the family has a glyph for the character."""
    return get_font(file_of(family)).get_char_index(ord(character)) != 0


@cache
def candidates() -> tuple[str, ...]:
    """Family names in the order in which they are tried."""
    system = sorted(
        entry.name
        for entry in fontManager.ttflist
        if entry.style == "normal"
        and entry.weight == REGULAR
        and not entry.name.startswith(NO_REAL_GLYPHS)
    )
    return tuple(dict.fromkeys([*bundled(), *system]))


@cache
def bundled() -> tuple[str, ...]:
    """The families that come with matplotlib and the packages. The packages' fonts join
    matplotlib's list, which changes nothing for the user's own figures."""
    return (DEFAULT, *(family for package in PACKAGES for family in _register(package)))


@cache
def file_of(family: str) -> str:
    """The very file that matplotlib will draw the family with."""
    return str(fontManager.findfont(FontProperties(family=family)))


def _register(package: str) -> Iterator[str]:
    """Add the fonts of an installed package, without importing it: an import may have effects."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder).rglob("*.[ot]tf")):
            if not any(entry.fname == str(path) for entry in fontManager.ttflist):
                fontManager.addfont(path)
            yield get_font(path).family_name


def describe(missing: Iterable[str]) -> str:
    """A note for the reader of a picture on the characters that no font had; '' if none."""
    names = [f"{_code(c)} {unicodedata.name(c, 'unnamed')}" for c in dict.fromkeys(missing)]
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"No font on this machine has {', '.join(names[:3])}{more}: install one for that script."


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
