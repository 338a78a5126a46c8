"""Input of prediction: one line in, one Example out; line i always stays line i.

    SOURCE [<tab> FEATURE ...]        at most as many features as the model's `data.features` has, any
                                      number with 'rest'; those left out are as an empty field in training

An empty line is an empty source, not an error. A line that cannot be read raises, or is set aside
and leaves an empty source in its place. Lines are taken one by one, as they come.
"""

from collections.abc import Iterator, Sequence

from seqloom.config.data import Column, Data
from seqloom.data.bad_rows import BadRows, Fault, settle
from seqloom.data.example import Example
from seqloom.data.sources.lines import Line, Stream, check_readable, opened, read_lines
from seqloom.data.sources.row import feature_values


def read_sources(
    given: str | Stream, data: Data, *, bad: BadRows | None = None, name: str = "stdin"
) -> Iterator[Example]:
    """`given` is a path (plain or gzip) or an open binary stream; messages call a stream `name`."""
    if isinstance(given, str):
        check_readable(given)
        return _from_file(given, data, bad)
    return _from_stream(given, name, data, bad)


def _from_file(path: str, data: Data, bad: BadRows | None) -> Iterator[Example]:
    with opened(path) as stream:
        yield from _from_stream(stream, path, data, bad)


def _from_stream(stream: Stream, name: str, data: Data, bad: BadRows | None) -> Iterator[Example]:
    for line in read_lines(stream, name, data.max_line_bytes):
        example = line if isinstance(line, Fault) else _example(line, data.feature_columns)
        if isinstance(example, Fault):
            settle(example, bad)
            example = Example("", origin=str(example.place))
        yield example


def _example(line: Line, columns: Sequence[Column] | None) -> Example | Fault:
    origin = str(line.place)
    if not line.text.strip():
        return Example("", origin=origin)
    source, *features = line.text.split("\t")
    if columns is not None and len(features) > len(columns):
        return _wrong_count(line, 1 + len(columns), 1 + len(features))
    return Example(source, None, feature_values(tuple(features)), origin)


def _wrong_count(line: Line, allowed: int, found: int) -> Fault:
    wanted = "1 column (source)"
    if allowed > 1:
        wanted = f"at most {allowed} columns (source, then features)"
    return Fault(
        line.place,
        f"expected {wanted}, but found {found}.",
        "Give the source first and its features after it, parted by tabs, and nothing else.",
        line.text,
    )
