"""The rows of a table as its file has them: .csv with a line of column names, or .parquet. What they
hold is judged in `table`.
"""

import csv
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from seqloom.data.bad_rows import Fault, Place
from seqloom.data.sources.lines import Line, check_readable, opened, read_lines
from seqloom.errors import MissingExtra, UserError, suggestion

Row = tuple[Place, list[Any]]

_LINE_BYTES = 1_000_000


def rows_of(path: str) -> tuple[list[str], Iterator[Row | Fault]]:
    """The names of the columns, and every row with its place, not yet judged."""
    return _parquet(path) if path.endswith(".parquet") else _csv(path)


def index_of(path: str, name: str, names: Sequence[str]) -> int:
    """Where a column stands. Raises UserError where none or several have that name."""
    places = [place for place, each in enumerate(names) if each == name]
    if not places:
        raise UserError(f"{path}: there is no column '{name}'. {suggestion(name, names)}")
    if len(places) > 1:
        shown = " and ".join(str(place + 1) for place in places)
        raise UserError(
            f"{path}: a column must have a name of its own, but '{name}' stands over columns {shown}. "
            "Rename all but one, or name other columns."
        )
    return places[0]


def _csv(path: str) -> tuple[list[str], Iterator[Row | Fault]]:
    rows = _csv_rows(path)
    header = next(rows, None)
    if header is None:
        raise UserError(f"{path}: must open with a line of column names, but is empty.")
    if isinstance(header, Fault):
        raise header.error()
    names = [str(name).strip() for name in header[1]]
    return names, (_of_width(row, len(names)) for row in rows)


def _csv_rows(path: str) -> Iterator[Row | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, _LINE_BYTES):
            yield line if isinstance(line, Fault) else _split(line)


def _split(line: Line) -> Row | Fault:
    try:
        return line.place, next(csv.reader([line.text], strict=True), [])
    except csv.Error as error:
        reason = f"must be valid CSV, but is not ({error})."
        return Fault(line.place, reason, "Mend the row.", line.text)


def _of_width(row: Row | Fault, width: int) -> Row | Fault:
    if isinstance(row, Fault) or len(row[1]) == width:
        return row
    place, fields = row
    reason = f"expected {width} columns as in the header, but found {len(fields)}."
    return Fault(place, reason, "Mend the row.", ",".join(fields))


def _parquet(path: str) -> tuple[list[str], Iterator[Row | Fault]]:
    check_readable(path)
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtra("Reading Parquet", "train") from error
    try:
        table: Any = parquet.read_table(path)
        columns = [_listed(column) for column in table.columns]
    except (OSError, ValueError, OverflowError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UserError(
            f"{path}: must be a Parquet file, but cannot be read as one ({reason}). "
            "Copy or write it again."
        ) from error
    rows = zip(*columns, strict=True)
    return list(table.column_names), (
        (Place(path, number), list(row)) for number, row in enumerate(rows, start=1)
    )


def _listed(column: Any) -> list[Any]:
    """The values of a column. Of times what is beyond microseconds is cut off, as Python has none of
    it; those of a time zone are told in UTC."""
    arrow: Any = import_module("pyarrow")
    kinds, found = arrow.types, column.type
    if kinds.is_timestamp(found) and (found.unit == "ns" or found.tz):
        column = column.cast(arrow.timestamp("us"), safe=False)
    elif kinds.is_time64(found) or kinds.is_duration(found):
        plain = arrow.time64("us") if kinds.is_time64(found) else arrow.duration("us")
        column = column.cast(plain, safe=False)
    return column.to_pylist()
