"""Word alignments: links in Pharaoh format, and how far they are from a gold standard.

A line is a sentence pair, a link 'i-j' says that source token i (the first is 0) belongs to target
token j. A gold standard marks links annotators agree on as sure, 'i-j', and others as possible,
'ipj' or 'i?j'; a sure link is possible too.

    AER = 100 * (1 - (|A n S| + |A n P|) / (|A| + |S|))          Och & Ney 2003, section 7

with A the links found, S the sure and P the possible ones, all counted over the whole set.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.metrics.tally import Counts, Tally

Link = tuple[int, int]
"""Source position, target position, both from 0."""

_LINK = re.compile(r"([0-9]+)([-p?])([0-9]+)")


class Gold(NamedTuple):
    """The links of one sentence pair that must be found, and those that may be."""

    sure: frozenset[Link]
    possible: frozenset[Link]


def parse_links(line: str, origin: str = "") -> frozenset[Link]:
    """The links of a line such as '0-0 1-2'. `origin` is 'file:line', for messages."""
    return frozenset(link for link, _ in _marked(line, "-", "'0-1'", origin))


def parse_gold(line: str, origin: str = "") -> Gold:
    """The links of a line such as '0-0 1p2'."""
    marked = list(_marked(line, "-p?", "'0-1' (sure) or '0p1' (possible)", origin))
    sure = frozenset(link for link, mark in marked if mark == "-")
    return Gold(sure, frozenset(link for link, _ in marked))


def format_links(links: Iterable[Link]) -> str:
    """The line that `parse_links` reads, in order of source, then target position."""
    return " ".join(f"{source}-{target}" for source, target in sorted(set(links)))


def alignment_error(found: Sequence[frozenset[Link]], gold: Sequence[Gold]) -> Tally:
    rows = [
        (
            len(links & known.sure) + len(links & (known.possible | known.sure)),
            len(links),
            len(known.sure),
        )
        for links, known in zip(found, gold, strict=True)
    ]
    return Tally(np.array(rows, dtype=np.float64), _rate)


def _rate(sums: Counts) -> NDArray[np.float64]:
    links = sums[:, 1] + sums[:, 2]
    # Nothing found where nothing was sure is no error.
    agreement = np.where(links > 0, sums[:, 0] / np.maximum(links, 1.0), 1.0)
    return 100.0 * (1.0 - agreement)


def _marked(line: str, marks: str, expected: str, origin: str) -> Iterable[tuple[Link, str]]:
    place = f"{origin}: " if origin else ""
    for word in line.split():
        match = _LINK.fullmatch(word)
        if match is None or match[2] not in marks:
            raise UserError(
                f"{place}expected links such as {expected}, separated by blanks, but found "
                f"{word!r}. Positions count from 0."
            )
        yield (int(match[1]), int(match[3])), match[2]
