"""Phrases that outputs must contain: the same for every line, or those of line i of a file."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.data.example import Example

Constraint = Annotated[
    list[str] | None,
    typer.Option(metavar="TEXT", help="Every output has to contain this. Repeatable."),
]
ConstraintFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="What each output has to contain: a line a source, phrases by tabs."
    ),
]

Phrases = dict["Example", list[str]]
"""For each source of a chunk; their places in the input tell equal ones apart."""


def with_phrases(
    chunks: Iterable["list[Example]"], everywhere: Sequence[str], file: str | None, sources: str
) -> Iterator[tuple["list[Example]", Phrases]]:
    """The chunks as they come, each with its phrases: those for every line, then its own.

    Raises UserError, once all else that can be answered is, for a file that has other lines than
    the sources.
    """
    if file is None:
        for chunk in chunks:
            yield chunk, {example: list(everywhere) for example in chunk}
        return
    lines, read = _lines(file), 0
    waiting = iter(chunks)
    for chunk in waiting:
        own = list(islice(lines, len(chunk)))
        read += len(chunk)
        if len(own) < len(chunk):
            found = read - len(chunk) + len(own)
            raise _unequal(file, found, sources, read + sum(map(len, waiting)))
        yield (
            chunk,
            {example: [*everywhere, *phrases] for example, phrases in zip(chunk, own, strict=True)},
        )
    if more := sum(1 for _ in lines):
        raise _unequal(file, read + more, sources, read)


def _lines(file: str) -> Iterator[list[str]]:
    """The phrases of each line; none of an empty one."""
    from seqloom.config.data import Data
    from seqloom.data.bad_rows import Fault
    from seqloom.data.sources.lines import opened, read_lines

    with opened(file) as stream:
        for line in read_lines(stream, file, Data().max_line_bytes):
            if isinstance(line, Fault):
                raise UserError(f"{line.place}: {line.reason} {line.remedy}")
            yield [phrase for phrase in line.text.split("\t") if phrase.strip()]


def _unequal(file: str, found: int, sources: str, expected: int) -> UserError:
    name = "standard input" if sources == "-" else sources
    return UserError(
        f"{file}: must have a line for each source, but has {found:,} for the {expected:,} of {name}. "
        "Leave a line empty where nothing is asked for."
    )
