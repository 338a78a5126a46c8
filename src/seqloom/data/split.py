"""A dev set for those who have none: the sources with the smallest hashes are held out.

    a pair is dev  <=>  h(seed, source) <= threshold        h: 64-bit BLAKE2b

The hash sees only the source, so equal sources land on the same side and nothing that was learnt is
asked again; and a pair's side depends on no other pair's, so the files are streamed twice: once to
find the threshold, once to train.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappop, heappush

from seqloom.data.example import Example
from seqloom.errors import UserError

LARGEST = 2000
"""Pairs held out at most when no size is asked for."""
SHARE = 10
"""One pair in so many is held out when no size is asked for."""


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Which pairs are dev.

    size   pairs held out: at most what was asked for, and less where one source more, with all its
           pairs, would be too many; only if the very first source has more pairs is it exceeded
    total  pairs in all
    """

    seed: int
    threshold: int
    size: int
    total: int

    @classmethod
    def plan(cls, examples: Iterable[Example], dev_size: int | None, seed: int) -> "HoldOut":
        """Reads all examples once, keeping no more than `dev_size` hashes."""
        lowest = _Lowest(LARGEST if dev_size is None else dev_size)
        for example in examples:
            lowest.add(_hash(seed, example.source))
        _check(lowest, dev_size)
        wanted = min(LARGEST, lowest.total // SHARE) if dev_size is None else dev_size
        threshold, size = lowest.cut(wanted)
        return cls(seed, threshold, size, lowest.total)

    def is_dev(self, example: Example) -> bool:
        return _hash(self.seed, example.source) <= self.threshold


def _hash(seed: int, source: str) -> int:
    text = f"{seed}\0{source}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def _check(lowest: "_Lowest", dev_size: int | None) -> None:
    if lowest.distinct_at_least < 2:
        raise UserError(
            f"A dev set can be held out of 2 different sources or more, but there "
            f"{'is' if lowest.distinct_at_least else 'are'} {lowest.distinct_at_least} "
            f"in {lowest.total} pairs. Give a dev file: data.dev=FILE."
        )
    if dev_size is not None and dev_size >= lowest.total:
        raise UserError(
            f"data.dev_size must be below the number of pairs, {lowest.total}, but is {dev_size}. "
            "Lower it, or give a dev file: data.dev=FILE."
        )


class _Lowest:
    """The lowest hashes seen and how often each came, no more of them than make up `room` pairs."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._counts: dict[int, int] = {}
        self._negated: list[int] = []  # a heap with the largest hash on top
        self._kept = 0
        self._dropped = False
        self.total = 0

    @property
    def distinct_at_least(self) -> int:
        return len(self._counts) + self._dropped

    def add(self, value: int) -> None:
        self.total += 1
        if value in self._counts:
            self._counts[value] += 1
        elif self._kept < self._room or value < -self._negated[0]:
            self._counts[value] = 1
            heappush(self._negated, -value)
        else:
            self._dropped = True
            return
        self._kept += 1
        self._drop_what_is_not_needed()

    def _drop_what_is_not_needed(self) -> None:
        while self._kept - self._counts[-self._negated[0]] >= self._room:
            self._kept -= self._counts.pop(-heappop(self._negated))
            self._dropped = True

    def cut(self, wanted: int) -> tuple[int, int]:
        """The largest hash to hold out, and the pairs up to it: as many as fit into `wanted`, and
        one source in any case."""
        threshold, size = min(self._counts.items())
        for value, below in self._running():
            if below > wanted:
                break
            threshold, size = value, below
        return threshold, size

    def _running(self) -> Iterator[tuple[int, int]]:
        below = 0
        for value in sorted(self._counts):
            below += self._counts[value]
            yield value, below
