"""What is compared with what: each output beside its references, every text after NFC.

NFC makes one spelling of what Unicode can spell in several ways (Hangul as syllables or as jamo,
letters with their accents attached or apart). Blanks at the ends do not count and a run of blanks
counts as one, since tokens come back joined by single blanks. Nothing else is forgiven.
"""

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import normalize

from seqloom.errors import UserError


class Pair(NamedTuple):
    """One output and all that would have been right, both comparable."""

    output: str
    references: tuple[str, ...]


def comparable(text: str) -> str:
    return " ".join(symbol for symbol in normalize("NFC", text).split(" ") if symbol)


def symbols(text: str) -> list[str]:
    """The blank-separated symbols (phones, words) of a comparable text."""
    return text.split(" ") if text else []


def pair_up(outputs: Sequence[str], references: Sequence[Sequence[str]]) -> list[Pair]:
    same_number(len(outputs), len(references), "outputs", "lists of references")
    return [
        Pair(comparable(output), _comparable_references(known, number))
        for number, (output, known) in enumerate(zip(outputs, references, strict=True), start=1)
    ]


def same_number(first: int, second: int, one: str, other: str) -> None:
    """A UserError unless there are as many of one as of the other, and any at all."""
    if first != second:
        raise UserError(
            f"There must be as many {one} as {other}, but there are {first} and {second}. "
            "Check that both come from the same items."
        )
    if not first:
        raise UserError(f"There must be at least one item to score, but there are no {one}.")


def _comparable_references(known: Sequence[str], number: int) -> tuple[str, ...]:
    # A string is a sequence of strings too, and would pass for one reference per character.
    if isinstance(known, str) or not known:
        raise UserError(
            f"Output {number} must have a list of at least one reference, but has {known!r}. "
            "Write a single reference as ['...']."
        )
    return tuple(map(comparable, known))
