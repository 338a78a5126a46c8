"""Words and punctuation marks as units, by Unicode's word boundaries (annex 29).

    He said: "Don't."   ->   ' He' ' said' ':' ' "' "Don't" '.' '"'

A unit that follows a blank begins with it, and so does the first of a text; one that follows its
neighbour without a blank has none. Writing the units one after the other restores the blanks. White
space of any kind and amount counts as one blank.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import regex

from seqloom.text.display import visible

_between_boundaries: Callable[[str], list[str]] = regex.compile(r"(?V1w)\b").split


@dataclass(frozen=True)
class WordTokenizer:
    unknown: str = " ⁇"

    def split(self, text: str) -> list[str]:
        words = text.split()
        if not words:
            return []
        return _blanks_joined(_between_boundaries(" " + " ".join(words)))

    def join(self, units: Iterable[str]) -> str:
        return "".join(units).removeprefix(" ")

    def show(self, unit: str) -> str:
        """Without the blank: that a word follows one goes without saying."""
        return visible(unit.removeprefix(" "))


def _blanks_joined(segments: Iterable[str]) -> list[str]:
    units: list[str] = []
    blank = ""
    for segment in segments:
        if segment == " ":
            blank = " "
        elif segment:
            units.append(blank + segment)
            blank = ""
    return units
