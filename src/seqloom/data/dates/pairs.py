"""Pairs without end: languages in turn; for each a day, a style, digits and habits by chance."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count, cycle, islice
from typing import Literal

from seqloom.data.dates.digits import native_digits
from seqloom.data.dates.style import Style, styles
from seqloom.data.dates.typing_habits import capitalized, keyboard, lower, upper
from seqloom.data.example import Example

Split = Literal["train", "dev", "test"]

LANGUAGES = (
    "ar", "bn", "de", "el", "en", "es", "fa", "fr", "hi",
    "it", "ja", "ko", "mr", "pl", "pt", "ru", "tr", "zh",
)  # fmt: skip

FIRST, LAST = date(1950, 1, 1), date(2049, 12, 31)
"""A century, so that a two-digit year has one answer."""

SIZES: dict[Split, int] = {"train": 40_000, "dev": 1_000, "test": 4_000}

_TAGGED = 0.5
_NATIVE = 0.5
_KEYBOARD = 0.5
_RECASED = 0.1


@dataclass(frozen=True, slots=True)
class _Language:
    code: str
    styles: tuple[Style, ...]
    digits: dict[int, str] | None


def generate(split: Split, seed: int = 1, size: int | None = None) -> Iterator[Example]:
    """`size` pairs (by default SIZES[split]), every language as often as the others.

    The same arguments give the same pairs, and a smaller size the first of them. The origin of a
    pair reads 'dates:LANGUAGE:STYLE:NUMBER'.
    """
    rng = random.Random(f"dates {split} {seed}")
    languages = [
        _Language(code, tuple(styles(code).values()), native_digits(code)) for code in LANGUAGES
    ]
    days = _days(split)
    pairs = (
        _example(language, rng.choice(days), number, rng)
        for number, language in zip(count(1), cycle(languages))
    )
    return islice(pairs, SIZES[split] if size is None else size)


def _example(language: _Language, day: date, number: int, rng: random.Random) -> Example:
    style = rng.choice(language.styles)
    tagged = style.numeric or rng.random() < _TAGGED
    return Example(
        source=_source(language, style, day, rng),
        target=day.isoformat(),
        features=(language.code,) if tagged else (),
        origin=f"dates:{language.code}:{style.name}:{number}",
    )


def _source(language: _Language, style: Style, day: date, rng: random.Random) -> str:
    text = style.write(day)
    if language.digits is not None and rng.random() < _NATIVE:
        text = text.translate(language.digits)
    if rng.random() < _KEYBOARD:
        text = keyboard(text)
    if rng.random() < _RECASED:
        text = rng.choice((upper, lower, capitalized))(text, language.code)
    return text


@cache
def _days(split: Split) -> tuple[date, ...]:
    every = (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))
    return tuple(day for day in every if split_of(day) == split)


def split_of(day: date) -> Split:
    """By a hash of the day, so that it holds for every seed: 85 % train, 5 % dev, 10 % test."""
    digest = hashlib.blake2b(day.isoformat().encode(), digest_size=8).digest()
    share = int.from_bytes(digest, "big") % 100
    return "test" if share < 10 else "dev" if share < 15 else "train"
