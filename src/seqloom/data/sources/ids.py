"""Ids already seen, in little memory: a hash table of 8-byte hashes and 8-byte line numbers.

16 bytes a slot and at most two thirds of the slots in use, against some 150 bytes an id for a dict
of strings. Two ids of one hash would be taken for one: at ten million ids that happens to one file
in 400,000.
"""

from array import array
from collections.abc import Iterator

_ALL_BITS = (1 << 64) - 1


class SeenIds:
    """Tells for every id in which line it was first seen."""

    def __init__(self) -> None:
        self._count = 0
        self._clear(1024)

    def _clear(self, slots: int) -> None:
        self._hashes = array("Q", bytes(8 * slots))
        self._lines = array("Q", bytes(8 * slots))

    def first_line(self, id_: str, line: int) -> int | None:
        """The line (1 or more) that has this id already; None, and it is noted, if it is new."""
        key = hash(id_) & _ALL_BITS
        slot = self._slot(key)
        if self._lines[slot]:
            return self._lines[slot]
        self._hashes[slot], self._lines[slot] = key, line
        self._count += 1
        if 3 * self._count > 2 * len(self._lines):
            self._grow()
        return None

    def _slot(self, key: int) -> int:
        """Where the key is, or the free slot (line 0) where it belongs."""
        last = len(self._lines) - 1
        slot = key & last
        while self._lines[slot] and self._hashes[slot] != key:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        entries = list(self._entries(self._hashes, self._lines))
        self._clear(2 * len(self._lines))
        for key, line in entries:
            slot = self._slot(key)
            self._hashes[slot], self._lines[slot] = key, line

    @staticmethod
    def _entries(hashes: "array[int]", lines: "array[int]") -> Iterator[tuple[int, int]]:
        return ((key, line) for key, line in zip(hashes, lines, strict=True) if line)
