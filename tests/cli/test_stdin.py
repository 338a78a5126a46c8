"""Lines from a pipe: whole, in order, and as soon as they are there."""

import os
from collections.abc import Iterator

import pytest

from seqloom.cli.stdin import Descriptor, arrived
from seqloom.data.example import Example
from seqloom.errors import UserError

Pipe = tuple[Descriptor, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reading, writing = os.pipe()
    yield Descriptor(reading), writing
    os.close(reading)


def sources(descriptor: Descriptor) -> Iterator[Example]:
    while line := descriptor.readline(100):
        yield Example(line.decode().rstrip("\n"))


def test_lines_are_cut_at_their_ends_and_at_the_limit(pipe: Pipe) -> None:
    descriptor, writing = pipe
    os.write(writing, b"ab\n\ncdefg\nhi")
    os.close(writing)
    lines = iter(lambda: descriptor.readline(4), b"")
    assert list(lines) == [b"ab\n", b"\n", b"cdef", b"g\n", b"hi"]


def test_what_has_arrived_is_answered_before_more_is_read(pipe: Pipe) -> None:
    descriptor, writing = pipe
    chunks = arrived(sources(descriptor), 100, descriptor.would_wait)
    os.write(writing, b"a\nb\nhalf a li")
    assert [example.source for example in next(chunks)] == ["a", "b"]
    os.write(writing, b"ne\n")
    assert [example.source for example in next(chunks)] == ["half a line"]
    os.write(writing, b"c")
    os.close(writing)
    assert [example.source for example in next(chunks)] == ["c"]
    assert list(chunks) == []


def test_no_chunk_is_larger_than_the_limit(pipe: Pipe) -> None:
    descriptor, writing = pipe
    os.write(writing, b"a\nb\nc\nd\ne\n")
    os.close(writing)
    sizes = [len(chunk) for chunk in arrived(sources(descriptor), 2, descriptor.would_wait)]
    assert sizes[:2] == [2, 2]
    assert sum(sizes) == 5


def test_what_stands_before_a_bad_line_is_handed_on_before_the_error() -> None:
    def lines() -> Iterator[str]:
        yield "good"
        raise UserError("bad")

    chunks = arrived(lines(), 100)

    assert next(chunks) == ["good"]
    with pytest.raises(UserError, match="bad"):
        next(chunks)
