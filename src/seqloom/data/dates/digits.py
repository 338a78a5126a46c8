"""Digits of other scripts: ten characters in a row, so that the zero tells them all."""

from typing import cast

from seqloom.data.dates.style import cldr

_ZEROS = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०"}
"""By their names in the CLDR."""


def native_digits(language: str) -> dict[int, str] | None:
    """A table for `str.translate` from 0-9 to the language's own digits; None if it has none."""
    systems = cast("dict[str, str]", cldr(language).other_numbering_systems)
    zero = _ZEROS.get(systems["native"])
    if zero is None:
        return None
    return {ord("0") + i: chr(ord(zero) + i) for i in range(10)}
