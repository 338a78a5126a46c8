"""How people depart from the CLDR when they type: no special blanks or marks, another case."""

import unicodedata

_KEYBOARD = str.maketrans({"\u200f": None, "\u202f": " ", "\u00a0": " "})
_TURKISH_UPPER = str.maketrans("iı", "İI")
_TURKISH_LOWER = str.maketrans("İI", "iı")
_TONOS = "\u0301"


def keyboard(text: str) -> str:
    """Without the direction mark and the narrow or fixed blanks that no keyboard has."""
    return text.translate(_KEYBOARD)


def upper(text: str, language: str) -> str:
    """In capitals: Turkish keeps the dot of its i, Greek capitals have no accent."""
    match language:
        case "tr":
            return text.translate(_TURKISH_UPPER).upper()
        case "el":
            letters = unicodedata.normalize("NFD", text.upper()).replace(_TONOS, "")
            return unicodedata.normalize("NFC", letters)
        case _:
            return text.upper()


def lower(text: str, language: str) -> str:
    """In small letters: Turkish has one with a dot and one without."""
    return (text.translate(_TURKISH_LOWER) if language == "tr" else text).lower()


def capitalized(text: str, language: str) -> str:
    """With a capital first letter, as at the start of a sentence."""
    return upper(text[:1], language) + text[1:]
