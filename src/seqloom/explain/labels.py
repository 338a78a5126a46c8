"""How a token is shown: every token leaves a visible trace, in every script.

A blank, a tab or a lone accent is invisible as it stands, and a lone Korean vowel or final
consonant (from NFD text) only has a width inside a syllable. Each gets a stand-in that a reader
recognises: ␣ for the blank, the accent on a dotted circle ◌, the letter ㅏ for the vowel.
"""

import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

BLANKS = {" ": "␣", "\t": "⇥", "\n": "⏎", "\r": "⏎", "\u00a0": "␣", "\u3000": "␣"}
EMPTY = "∅"
DOTTED_CIRCLE = "◌"
JAMO = ("HANGUL CHOSEONG ", "HANGUL JUNGSEONG ", "HANGUL JONGSEONG ")


def label(token: str) -> str:
    """The token as a picture shows it."""
    if not token:
        return EMPTY
    shown = "".join(map(_visible, unicodedata.normalize("NFC", token)))
    return DOTTED_CIRCLE + shown if _is_combining(shown[0]) else shown


def _visible(character: str) -> str:
    if character in BLANKS:
        return BLANKS[character]
    if unicodedata.category(character) in {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Cn", "Co"}:
        return _code(character)
    return _letter_of_jamo(character)


def _code(character: str) -> str:
    """U+200D inside a word joins letters and stays; any other control shows its code."""
    return character if character in "\u200c\u200d" else f"U+{ord(character):04X}"


def _letter_of_jamo(character: str) -> str:
    """A conjoining consonant or vowel that no syllable took up, as the letter of the same name."""
    name = unicodedata.name(character, "")
    for prefix in JAMO:
        if name.startswith(prefix):
            try:
                return unicodedata.lookup("HANGUL LETTER " + name.removeprefix(prefix))
            except KeyError:
                return character
    return character


def _is_combining(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc", "Me"}


def clip(token: str, limit: int) -> str:
    """Cut to `limit` terminal cells; a cut label ends in '…'."""
    if cell_len(token) <= limit:
        return token
    return set_cell_size(token, limit - 1).rstrip() + "…"


def is_right_to_left(text: str) -> bool:
    """True if the first letter with a direction of its own runs right to left."""
    directions = map(unicodedata.bidirectional, text)
    return next((d for d in directions if d in {"L", "R", "AL"}), "L") != "L"


def any_right_to_left(tokens: Iterable[str]) -> bool:
    return any(map(is_right_to_left, tokens))
