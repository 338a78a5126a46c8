"""N-best lists as Moses writes them, one hypothesis a line:

    LINE ||| OUTPUT ||| FEATURES ||| SCORE [||| ...]     Moses and those that follow it
    LINE ||| OUTPUT ||| SCORE [||| ...]                  without features, as `seqloom predict` does
    LINE ||| OUTPUT

LINE is the number of the source, from 0. The hypotheses of a source stand together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from math import isfinite
from typing import Self

from seqloom.data.bad_rows import BadRows, Fault, settle
from seqloom.data.sources.lines import Line, Stream, read_lines

BAR = " ||| "


@dataclass(frozen=True, slots=True)
class Entry:
    """One hypothesis. `features` and `score` are None where the list has none; `rest` is whatever
    stands behind them."""

    source: int
    output: str
    features: str | None
    score: float | None
    rest: tuple[str, ...]
    origin: str

    def scored(self, score: float, name: str, value: float) -> Self:
        """With another score; what it comes from joins the features, if there are any."""
        features = None if self.features is None else f"{self.features} {name}= {value:.4f}".strip()
        return replace(self, features=features, score=score)

    def __str__(self) -> str:
        features = [] if self.features is None else [self.features]
        score = [] if self.score is None else [f"{self.score:.4f}"]
        return BAR.join([str(self.source), self.output, *features, *score, *self.rest])


def read_nbest(
    stream: Stream, name: str, limit: int, bad: BadRows | None = None
) -> Iterator[list[Entry]]:
    """The hypotheses of one source after the other; `limit` is the longest line in bytes."""
    for _, entries in groupby(_entries(stream, name, limit, bad), key=lambda each: each.source):
        yield list(entries)


def _entries(stream: Stream, name: str, limit: int, bad: BadRows | None) -> Iterator[Entry]:
    for line in read_lines(stream, name, limit):
        entry = line if isinstance(line, Fault) else _entry(line)
        if isinstance(entry, Fault):
            settle(entry, bad)
        else:
            yield entry


def _entry(line: Line) -> Entry | Fault:
    number, *parts = [part.strip() for part in line.text.split("|||")]
    if not parts or not number.isdecimal():
        return Fault(
            line.place,
            f"expected 'LINE ||| OUTPUT ||| ...', but found {line.text[:40]!r}.",
            "Give an n-best list as `seqloom predict --nbest` or Moses writes it.",
            line.text,
        )
    output, *parts = parts
    features = None
    if parts and _number(parts[0]) is None:
        features, *parts = parts
    score = _number(parts[0]) if parts else None
    rest = tuple(parts if score is None else parts[1:])
    return Entry(int(number), output, features, score, rest, str(line.place))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
