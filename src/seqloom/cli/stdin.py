"""Standard input that knows whether reading on would mean to wait.

Who types, or asks over a pipe and waits for the answer, must get it before the next line comes; who
sends a whole file is served fastest in large chunks. So: as many lines as are there, up to a limit.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from select import select
from typing import Protocol, TypeVar

from seqloom.errors import UserError

Item = TypeVar("Item")

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


def arrived(
    items: Iterable[Item], limit: int, would_wait: Callable[[], bool] = lambda: False
) -> Iterator[list[Item]]:
    """Cut into what has arrived so far, at most `limit` each. What stands before a bad line is
    handed on before the error is."""
    chunk: list[Item] = []
    try:
        for item in items:
            chunk.append(item)
            if len(chunk) == limit or would_wait():
                yield chunk
                chunk = []
    except UserError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk
