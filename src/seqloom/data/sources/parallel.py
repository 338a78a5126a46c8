"""Parallel files: line i of the one is the source, line i of the other its target."""

from collections.abc import Iterator
from itertools import zip_longest

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.data.sources.row import Row
from seqloom.errors import UserError


def split_paths(entry: str, need_target: bool) -> tuple[str, ...]:
    """'SOURCE,TARGET' in two; the target may be left out where none is needed."""
    paths = tuple(entry.split(","))
    if not all(paths) or len(paths) > 2 or (need_target and len(paths) < 2):
        raise UserError(
            f"{entry}: parallel files are given as 'SOURCE,TARGET', two paths and one comma."
        )
    return paths


def read_parallel(entry: str, data: Data, need_target: bool) -> Iterator[Row | Fault]:
    if data.feature_columns:
        raise UserError(
            f"{entry}: parallel files have no columns, but data.features asks for some. "
            "Use TSV or JSONL for features."
        )
    source, *target = split_paths(entry, need_target)
    if target:
        yield from _both(source, target[0], data.max_line_bytes)
    else:
        yield from _source_only(source, data.max_line_bytes)


def _both(source: str, target: str, limit: int) -> Iterator[Row | Fault]:
    with opened(source) as first, opened(target) as second:
        pairs = zip_longest(read_lines(first, source, limit), read_lines(second, target, limit))
        for number, (left, right) in enumerate(pairs, start=1):
            if left is None or right is None:
                longer = number + sum(1 for _ in pairs)
                counts = (number - 1, longer) if left is None else (longer, number - 1)
                raise UserError(
                    f"{source},{target}: parallel files must have as many lines each, but have "
                    f"{counts[0]} and {counts[1]}. Line i of both must belong together."
                )
            yield _row(left, right)


def _row(left: Line | Fault, right: Line | Fault) -> Row | Fault:
    if isinstance(left, Fault):
        return left
    if isinstance(right, Fault):
        return right
    return Row(left.place, left.text, right.text, (), None, f"{left.text}\t{right.text}")


def _source_only(path: str, limit: int) -> Iterator[Row | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, limit):
            yield line if isinstance(line, Fault) else Row(*line, None, (), None, line.text)
