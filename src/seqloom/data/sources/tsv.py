"""TSV: one row a line, columns parted by tabs, nothing quoted."""

from collections.abc import Iterator

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault
from seqloom.data.sources.lines import opened, read_lines
from seqloom.data.sources.row import Row
from seqloom.data.sources.table import Record, read_table


def read_tsv(path: str, data: Data, need_target: bool) -> Iterator[Row | Fault]:
    yield from read_table(records(path, data.max_line_bytes), path, data, need_target)


def records(path: str, limit: int) -> Iterator[Record | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, limit):
            if isinstance(line, Fault):
                yield line
            else:
                yield Record(line.place, line.text.split("\t"), line.text)
