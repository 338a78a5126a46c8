"""The ways one language writes a date, from the patterns of the CLDR.

A pattern such as "EEEE, d. MMMM y" is letters for fields and the rest taken as it stands:

    y year    yy its last two digits     M, MM month    MMM, MMMM its name, short or long
    d, dd day                            E, EEEE (or ccc, cccc) the weekday's name

A pattern is read once into pieces, each a function of the day, so that writing a date is a join.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from seqloom.errors import MissingExtra

if TYPE_CHECKING:
    from babel import Locale

Piece = Callable[[date], str]
Token = tuple[str, str | tuple[str, int]]
"""As Babel cuts a pattern: ('chars', text) or ('field', (letter, count))."""

LENGTHS = ("short", "medium", "long", "full")
SKELETONS = ("yMd", "yMEd", "yMMMd", "yMMMEd", "yMMMMd", "yMMMMEd", "yMMMMEEEEd")


@dataclass(frozen=True, slots=True)
class Style:
    """One way to write a date.

    name     its name in the CLDR, or 'yyMd': 'yMd' with a two-digit year
    pattern  as the CLDR writes it
    numeric  the month is a bare number, so that the order of day and month is anyone's guess
    """

    name: str
    pattern: str
    numeric: bool
    pieces: tuple[Piece, ...]

    def write(self, day: date) -> str:
        return "".join([piece(day) for piece in self.pieces])


@cache
def styles(language: str) -> dict[str, Style]:
    """The styles of a language by name; where two names share a pattern, the first one has it."""
    locale = cldr(language)
    first: dict[str, str] = {}
    for name, pattern in _patterns(locale):
        first.setdefault(pattern, name)
    return {name: _style(name, pattern, locale) for pattern, name in first.items()}


def cldr(language: str) -> "Locale":
    """What the CLDR knows of a language."""
    try:
        from babel import Locale
    except ImportError:
        raise MissingExtra("The dates task", "train") from None
    return Locale.parse(language)


def _patterns(locale: "Locale") -> Iterator[tuple[str, str]]:
    for name in LENGTHS:
        yield name, locale.date_formats[name].pattern
    skeletons = locale.datetime_skeletons
    for name in SKELETONS:
        if name in skeletons:
            yield name, skeletons[name].pattern
    yield "yyMd", skeletons["yMd"].pattern.replace("y", "yy")


def _style(name: str, pattern: str, locale: "Locale") -> Style:
    from babel.dates import tokenize_pattern

    tokens = tokenize_pattern(pattern)
    return Style(name, pattern, _numeric(tokens), tuple(_piece(token, locale) for token in tokens))


def _numeric(tokens: list[Token]) -> bool:
    """A month's number with a letter after it, as in 3月, says that it is a month."""
    return any(
        value in (("M", 1), ("M", 2)) and not following[:1].isalpha()
        for (_, value), (_, following) in pairwise([*tokens, ("chars", "")])
        if isinstance(following, str)
    )


def _piece(token: Token, locale: "Locale") -> Piece:
    match token[1]:
        case str(text):
            return lambda day: text
        case ("y", 2):
            return lambda day: f"{day.year % 100:02}"
        case ("y", _):
            return lambda day: str(day.year)
        case ("M", 1 | 2 as width):
            return lambda day: f"{day.month:0{width}}"
        case ("M", count):
            months = locale.months["format"][_width(count)]
            return lambda day: months[day.month]
        case ("d", width):
            return lambda day: f"{day.day:0{width}}"
        # Our languages have one form of a weekday's name, standing alone (c) or not (E).
        case ("E" | "c", count):
            weekdays = locale.days["format"][_width(count)]
            return lambda day: weekdays[day.weekday()]
        case field:
            raise AssertionError(f"a field that dates do not have: {field}")


def _width(count: int) -> str:
    return "wide" if count == 4 else "abbreviated"
