"""Characters as units: grapheme clusters, code points, or Hangul letters.

    text   e + ◌́ (NFC: é)    각             👨‍👩‍👧
    graphemes        é        각             👨‍👩‍👧
    code points      e ◌́      ᄀ ᅡ ᆨ (NFD)   👨 ZWJ 👩 ZWJ 👧
    jamo             é        ᄀ ᅡ ᆨ         👨‍👩‍👧

A grapheme cluster (Unicode annex 29) is what a reader takes for one character. It would glue jamo
to syllables and accents to letters again, so a text in NFD is cut into code points instead.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import regex

from seqloom.text.display import visible
from seqloom.text.normalize import recompose

_clusters: Callable[[str], list[str]] = regex.compile(r"\X").findall
# Characters that never join a neighbour of the same class: where a text has no other, each is a
# cluster of its own, and cutting it is ten times faster. Most lines of most scripts are like that.
_each_alone: Callable[[str], object] = regex.compile(
    r"[\p{GCB=XX}\p{GCB=LV}\p{GCB=LVT}]*"
).fullmatch

# Syllables and the jamo that join to syllables, rare old ones included.
_has_hangul = re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]").search

# Hangul syllables are numbered initial by initial, vowel by vowel, final by final (Unicode 3.12).
_SYLLABLES, _INITIALS, _VOWELS, _FINALS = 0xAC00, 0x1100, 0x1161, 0x11A7
_NUM_SYLLABLES, _NUM_VOWELS, _NUM_FINALS = 11172, 21, 28


@dataclass(frozen=True)
class GraphemeTokenizer:
    """Grapheme clusters."""

    unknown: str = "⁇"

    def split(self, text: str) -> list[str]:
        return _graphemes(text)

    def join(self, units: Iterable[str]) -> str:
        return "".join(units)

    def show(self, unit: str) -> str:
        return visible(unit)


@dataclass(frozen=True)
class CodePointTokenizer:
    """Code points, for text in NFD."""

    unknown: str = "⁇"

    def split(self, text: str) -> list[str]:
        return list(text)

    def join(self, units: Iterable[str]) -> str:
        return "".join(units)

    def show(self, unit: str) -> str:
        return visible(unit)


@dataclass(frozen=True)
class JamoTokenizer:
    """Grapheme clusters, but Hangul falls into its letters; they are syllables again on output."""

    unknown: str = "⁇"

    def split(self, text: str) -> list[str]:
        if text.isascii():
            return _graphemes(text)
        units: list[str] = []
        for cluster in _graphemes(text):
            if _has_hangul(cluster):
                units.extend(_decomposed(cluster))
            else:
                units.append(cluster)
        return units

    def join(self, units: Iterable[str]) -> str:
        return recompose("".join(units))

    def show(self, unit: str) -> str:
        return visible(unit)


def _graphemes(text: str) -> list[str]:
    return list(text) if _each_alone(text) else _clusters(text)


def _decomposed(cluster: str) -> str:
    """Only syllables are taken apart: NFD would part other letters from their accents too."""
    return "".join(map(_letters, cluster))


def _letters(char: str) -> str:
    number = ord(char) - _SYLLABLES
    if not 0 <= number < _NUM_SYLLABLES:
        return char
    number, final = divmod(number, _NUM_FINALS)
    initial, vowel = divmod(number, _NUM_VOWELS)
    return chr(_INITIALS + initial) + chr(_VOWELS + vowel) + (chr(_FINALS + final) if final else "")
