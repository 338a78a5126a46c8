"""CSV as RFC 4180 has it: columns parted by commas, quoted fields may hold line ends.

A stray quote would swallow the rest of the file into one field. A record may therefore be no
longer than `limit` characters; when it breaks, only its first line is given up and reading goes on
at the second.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.data.sources.row import Row
from seqloom.data.sources.table import Record, read_table


def read_csv(path: str, data: Data, need_target: bool) -> Iterator[Row | Fault]:
    # The csv module has a limit of its own, for the whole process, that must not be the lower one.
    csv.field_size_limit(max(csv.field_size_limit(), data.max_line_bytes))
    yield from read_table(records(path, data.max_line_bytes), path, data, need_target)


class _BadLineError(Exception):
    """A line inside a record cannot be read."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def records(path: str, limit: int) -> Iterator[Record | Fault]:
    with opened(path) as stream:
        returned: deque[Line | Fault] = deque()
        lines = _with_returned(read_lines(stream, path, limit), returned)
        for first in lines:
            if isinstance(first, Fault):
                yield first
            else:
                yield _record(first, lines, returned, limit)


def _with_returned(
    lines: Iterator[Line | Fault], returned: deque[Line | Fault]
) -> Iterator[Line | Fault]:
    """The lines, those put back into `returned` first."""
    while (line := returned.popleft() if returned else next(lines, None)) is not None:
        yield line


def _record(
    first: Line, lines: Iterator[Line | Fault], returned: deque[Line | Fault], limit: int
) -> Record | Fault:
    taken = [first]
    try:
        fields = next(csv.reader(_feed(taken, lines, limit), strict=True))
    except _BadLineError as error:
        return replace(error.fault, content=f"{_content(taken)}\n{error.fault.content}")
    except csv.Error as error:
        returned.extendleft(reversed(taken[1:]))
        # A quote left open is closed by the next one in the file, and only then does the csv module
        # complain, of what follows there: so what spans lines is taken for a quote left open.
        open_quote = len(taken) > 1 or str(error) == "unexpected end of data"
        return _left_open(first) if open_quote else _invalid(first, error)
    return Record(first.place, fields or [""], _content(taken))


def _feed(taken: list[Line], lines: Iterator[Line | Fault], limit: int) -> Iterator[str]:
    """Lines for the csv module, which asks for as many as the record has; `taken` collects them."""
    yield taken[0].text + "\n"
    size = len(taken[0].text)
    for line in lines:
        if isinstance(line, Fault):
            raise _BadLineError(line)
        taken.append(line)
        size += len(line.text)
        if size > limit:
            return
        yield line.text + "\n"


def _content(taken: list[Line]) -> str:
    return "\n".join(line.text for line in taken)


def _left_open(line: Line) -> Fault:
    return Fault(
        line.place,
        "a quoted field must be closed, but the one that opens here is not.",
        'Close it, and write a quote inside a quoted field twice ("").',
        line.text,
    )


def _invalid(line: Line, error: csv.Error) -> Fault:
    return Fault(
        line.place,
        f"must be valid CSV, but is not ({error}).",
        'Quote the whole field and write a quote inside it twice ("").',
        line.text,
    )
