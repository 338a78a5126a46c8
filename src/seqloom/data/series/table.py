"""Numeric columns of a CSV or Parquet file as one table [N, F], for windows to be cut from.

Time stands in the order of the rows, so a bad row cannot simply be left out: what comes after would
move up. A row that is set aside stays in the table as NaN, and no window that touches it is used.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.sources.lines import Line, check_readable, opened, read_lines
from seqloom.errors import MissingExtra, UserError, suggestion
from seqloom.search.stepper import Reals

_LARGEST = float(np.finfo(np.float32).max)
_LINE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows in their order. `names` has one for each of the F columns."""

    path: str
    names: tuple[str, ...]
    values: Reals

    def columns(self, names: Sequence[str]) -> list[int]:
        """Where the columns with these names stand."""
        return [_index(self.path, name, self.names) for name in names]


def read_table(path: str, columns: Sequence[str] = (), bad: BadRows | None = None) -> Table:
    """The named columns of a file with a header; without names all but those that hold something else
    than a number in the first row (a date, say). One that is empty there is taken for a number that is
    missing."""
    names, rows = rows_of(path)
    begin = _to_first_good(rows, bad)
    if not begin or isinstance(begin[-1], Fault):
        raise UserError(f"{path}: must have rows of numbers below the header, but has none.")
    kept = [_index(path, name, names) for name in columns] or _numeric(path, begin[-1][1])
    values = [_values(row, names, kept, bad) for row in chain(begin, rows)]
    return Table(path, tuple(names[index] for index in kept), np.array(values, dtype=np.float32))


_Row = tuple[Place, list[Any]]


def rows_of(path: str) -> tuple[list[str], Iterator[_Row | Fault]]:
    """The names of the columns, and every row with its place, not yet judged."""
    return _parquet(path) if path.endswith(".parquet") else _csv(path)


def _to_first_good(rows: Iterator[_Row | Fault], bad: BadRows | None) -> list[_Row | Fault]:
    """The rows up to the first one with all its columns, which is the last of them."""
    begin: list[_Row | Fault] = []
    for row in rows:
        begin.append(row)
        if not isinstance(row, Fault):
            break
        settle(row, bad)
    return begin


def _csv(path: str) -> tuple[list[str], Iterator[_Row | Fault]]:
    rows = _csv_rows(path)
    header = next(rows, None)
    if header is None:
        raise UserError(f"{path}: must open with a line of column names, but is empty.")
    if isinstance(header, Fault):
        raise header.error()
    names = [str(name).strip() for name in header[1]]
    return names, (_of_width(row, len(names)) for row in rows)


def _csv_rows(path: str) -> Iterator[_Row | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, _LINE_BYTES):
            yield line if isinstance(line, Fault) else _split(line)


def _split(line: Line) -> _Row | Fault:
    try:
        return line.place, next(csv.reader([line.text], strict=True), [])
    except csv.Error as error:
        reason = f"must be valid CSV, but is not ({error})."
        return Fault(line.place, reason, "Mend the row.", line.text)


def _of_width(row: _Row | Fault, width: int) -> _Row | Fault:
    if isinstance(row, Fault) or len(row[1]) == width:
        return row
    place, fields = row
    reason = f"expected {width} columns as in the header, but found {len(fields)}."
    return Fault(place, reason, "Mend the row.", ",".join(fields))


def _parquet(path: str) -> tuple[list[str], Iterator[_Row | Fault]]:
    check_readable(path)
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtra("Reading Parquet", "train") from error
    try:
        table: Any = parquet.read_table(path)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UserError(
            f"{path}: must be a Parquet file, but cannot be read as one ({reason}). "
            "Copy or write it again."
        ) from error
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return list(table.column_names), (
        (Place(path, number), list(row)) for number, row in enumerate(rows, start=1)
    )


def _index(path: str, name: str, names: Sequence[str]) -> int:
    if name not in names:
        raise UserError(f"{path}: there is no column '{name}'. {suggestion(name, names)}")
    return list(names).index(name)


def _numeric(path: str, fields: list[Any]) -> list[int]:
    empty = (None, "")
    kept = [at for at, field in enumerate(fields) if field in empty or _number(field) is not None]
    if all(fields[at] in empty for at in kept):
        raise UserError(
            f"{path}: at least one column must hold numbers, but the first row has none. "
            "Is the separator right? Columns are parted by commas."
        )
    return kept


def _number(field: Any) -> float | None:
    """None for what is no number at all; nan and infinity are numbers, if bad ones."""
    try:
        return float(field)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return inf


def _values(
    row: _Row | Fault, names: Sequence[str], kept: Sequence[int], bad: BadRows | None
) -> list[float]:
    fault = row if isinstance(row, Fault) else _fault(*row, names, kept)
    if fault is not None:
        settle(fault, bad)
        return [nan] * len(kept)
    assert not isinstance(row, Fault)
    return [float(row[1][index]) for index in kept]


def _fault(
    place: Place, fields: list[Any], names: Sequence[str], kept: Sequence[int]
) -> Fault | None:
    for index in kept:
        number = _number(fields[index])
        if number is None or not isfinite(number) or abs(number) > _LARGEST:
            reason = (
                f"'{names[index]}' must be a finite number, but is {str(fields[index]) or 'empty'}."
            )
            remedy = "Mend the row, or name other columns."
            return Fault(place, reason, remedy, ",".join(map(str, fields)))
    return None
