"""Standard input that knows whether reading on would mean to wait.

Who types, or asks over a pipe and waits for the answer, must get it before the next line comes; who
sends a whole file is served fastest in large chunks. So: as many lines as are there, up to a limit.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from select import select
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from seqloom.data.example import Example

_READ = 1 << 16


class Input(Protocol):
    """Lines as bytes."""

    def readline(self, size: int, /) -> bytes: ...
    def would_wait(self) -> bool: ...


class Descriptor:
    """A terminal, pipe or file by its number."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._is_file = stat.S_ISREG(os.fstat(number).st_mode)
        self._kept = b""
        self._at = 0

    def readline(self, size: int, /) -> bytes:
        """One line with its end, or `size` bytes of it; less only at the end of the input."""
        while (end := self._kept.find(b"\n", self._at) + 1) == 0:
            if len(self._kept) - self._at >= size or not (more := os.read(self._number, _READ)):
                end = len(self._kept)
                break
            self._kept, self._at = self._kept[self._at :] + more, 0
        end = min(end, self._at + size)
        line, self._at = self._kept[self._at : end], end
        return line

    def would_wait(self) -> bool:
        """Whether no whole line has arrived yet."""
        if self._is_file or self._kept.find(b"\n", self._at) >= 0:
            return False
        try:
            return not select([self._number], [], [], 0)[0]
        except OSError:  # a system that can only do this with sockets
            return True


class Buffer:
    """Standard input that is no file of the system, as in a notebook or a test."""

    def readline(self, size: int, /) -> bytes:
        return sys.stdin.buffer.readline(size)

    def would_wait(self) -> bool:
        return False


def standard_input() -> Input:
    try:
        return Descriptor(sys.stdin.fileno())
    except OSError:
        return Buffer()


def arrived(examples: Iterable["Example"], source: Input, limit: int) -> Iterator[list["Example"]]:
    """Cut into what has arrived so far, at most `limit` each."""
    chunk: list[Example] = []
    for example in examples:
        chunk.append(example)
        if len(chunk) == limit or source.would_wait():
            yield chunk
            chunk = []
    if chunk:
        yield chunk
