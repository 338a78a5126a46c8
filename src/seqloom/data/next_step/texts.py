"""Files -> lines of text: plain files line by line, tables by a column of theirs."""

from collections.abc import Iterator, Sequence

from seqloom.config.data import Data
from seqloom.config.next_step_data import TextData
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.sources import read_pairs
from seqloom.data.sources.lines import Line, check_readable, opened, read_lines
from seqloom.errors import UserError


def read_texts(paths: Sequence[str], data: TextData, bad: BadRows | None = None) -> Iterator[Line]:
    """Every line of every file, without its end. Empty ones are lines too, but no sequences."""
    for path in paths:
        check_readable(path)
    return (line for path in paths for line in _read(path, data, bad))


def _read(path: str, data: TextData, bad: BadRows | None) -> Iterator[Line]:
    lines = _plain(path, data, bad) if data.column is None else _column(path, data, bad)
    count = 0
    for line in lines:
        count += bool(line.text.strip())
        if data.stream or line.text.strip():
            yield line
    if not count:
        raise UserError(f"{path}: must hold some text, but holds none. Name another file.")


def _plain(path: str, data: TextData, bad: BadRows | None) -> Iterator[Line]:
    with opened(path) as stream:
        for line in read_lines(stream, path, data.max_line_bytes):
            if isinstance(line, Fault):
                settle(line, bad)
            else:
                yield line


def _column(path: str, data: TextData, bad: BadRows | None) -> Iterator[Line]:
    assert data.column is not None
    table = Data(source=data.column, target=data.column, max_line_bytes=data.max_line_bytes)
    for example in read_pairs([path], table, bad=bad, need_target=False):
        file, _, number = example.origin.rpartition(":")
        for text in example.source.splitlines():
            yield Line(Place(file, int(number)), text)
