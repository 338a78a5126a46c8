"""The order in which a line is drawn where scripts run both ways (Unicode UAX 9, by python-bidi).

    'abc אבג 12.'   ->   'abc '  '12'  ' גבא'  '.'      runs from left to right

The library gives back the line in the order of drawing, without telling where each character stood. So
each takes two variation selectors along that number it: they count as part of it (rule W1) and, before a
character that runs to the left, come to stand in front of it. Only the separators of numbers would lose
their meaning beside them (rule W4), and are put in as what they mean.

A line is ordered by itself: what stood around it in its sentence plays no part but for the direction of
the whole.
"""

from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import bidirectional

from bidi import get_display

SELECTORS = 0xE0100
"""The first of 240."""
HALF = 120
LONGEST = HALF * HALF
"""Characters that can be numbered; a longer line stays as it is."""
MARK, NEUTRAL = "\u0300", "!"
DIGITS = {"EN": "0", "AN": "\u0660"}
RIGHT_TO_LEFT_MARK = "\u200f"


class Run(NamedTuple):
    """Characters start to end, all running the same way."""

    start: int
    end: int
    right_to_left: bool


def visual_runs(text: str, right_to_left: bool) -> list[Run]:
    """From left to right as they are drawn. right_to_left: the direction of the whole sentence."""
    if not (right_to_left or _turns(text)) or len(text) > LONGEST:
        return [Run(0, len(text), right_to_left)] if text else []
    runs: list[Run] = []
    for at, turned in _ordered(text, right_to_left):
        start, end, before = runs[-1] if runs else (-1, -1, turned)
        if before == turned and at == (start - 1 if turned else end):
            runs[-1] = Run(min(start, at), max(end, at + 1), turned)
        else:
            runs.append(Run(at, at + 1, turned))
    return runs


def alone(text: str, right_to_left: bool) -> str:
    """A run's text so that it runs the same way where it is drawn by itself, brackets mirrored."""
    return RIGHT_TO_LEFT_MARK + text + RIGHT_TO_LEFT_MARK if right_to_left else text


def _turns(text: str) -> bool:
    return any(bidirectional(character) in {"R", "AL", "AN"} for character in text)


def _ordered(text: str, right_to_left: bool) -> Iterator[tuple[int, bool]]:
    """Each character's number and whether it runs to the left, in the order of drawing."""
    numbered = "".join(
        character + chr(SELECTORS + at // HALF) + chr(SELECTORS + HALF + at % HALF)
        for at, character in enumerate(_meant(text))
    )
    drawn = str(get_display(numbered, base_dir="R" if right_to_left else "L"))
    for place in range(0, len(drawn), 3):
        first, middle, last = (ord(character) - SELECTORS for character in drawn[place : place + 3])
        turned = 0 <= first < 2 * HALF
        high, low = (middle, first) if turned else (middle, last)
        yield high * HALF + low - HALF, turned


def _meant(text: str) -> Iterator[str]:
    """For each character one that means the same where it stands."""
    kinds = list(_kinds(text))
    for at, (character, kind) in enumerate(zip(text, kinds, strict=True)):
        match kind:
            case "NSM" | "BN":
                yield MARK
            case "ES" | "CS":
                around = set(kinds[at - 1 : at] + kinds[at + 1 : at + 2])
                inside = around == {"EN"} or (kind == "CS" and around == {"AN"})
                whole = inside and 0 < at < len(kinds) - 1
                yield DIGITS[around.pop()] if whole else NEUTRAL
            case _:
                yield character


def _kinds(text: str) -> Iterator[str]:
    """A digit after an Arabic letter counts as an Arabic digit (rule W2)."""
    strong = ""
    for kind in map(bidirectional, text):
        strong = kind if kind in {"L", "R", "AL"} else strong
        yield "AN" if (kind, strong) == ("EN", "AL") else kind
