"""Numeric columns of a CSV or Parquet file as one table [N, F], for windows to be cut from.

Time stands in the order of the rows, so a bad row cannot simply be left out: what comes after would
move up. A row that is set aside stays in the table as NaN, and no window that touches it is used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import inf, isfinite, nan
from typing import Any, NamedTuple

import numpy as np

from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.series.table_rows import Row, index_of, rows_of
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows in their order. `names` has one for each of the F columns; `notes` say what of the file is
    not among them."""

    path: str
    names: tuple[str, ...]
    values: Reals
    notes: tuple[str, ...] = ()

    def columns(self, names: Sequence[str]) -> list[int]:
        """Where the columns with these names stand."""
        return [index_of(self.path, name, self.names) for name in names]


def read_table(
    path: str,
    columns: Sequence[str] = (),
    bad: BadRows | None = None,
    bits: Sequence[str] | None = None,
) -> Table:
    """The named columns of a file with a header; without names all but those that hold something else
    than a number in the first row (a date, say). One that is empty there is taken for a number that is
    missing; one without a name that only counts the rows is left out.

    bits  columns that hold 0 and 1 only; without names all that are read; None if there are none
    """
    names, rows = rows_of(path)
    begin = _to_first_good(rows, bad)
    if not begin or isinstance(begin[-1], Fault):
        raise UserError(f"{path}: must have rows of numbers below the header, but has none.")
    kept = [index_of(path, name, names) for name in columns] or _numeric(path, begin[-1][1])
    every, notes = chain(begin, rows), list[str]()
    if not columns and any(_unnamed(names[index]) for index in kept):
        every = list(every)
        kept, notes = _without_counts(path, every, names, kept)
    _check_single(path, names, kept)
    wanted = _Wanted(names, kept, _bits(path, bits, names, kept))
    values = np.array([_values(row, wanted, bad) for row in every], dtype=np.float32)
    return Table(path, tuple(names[index] for index in kept), values, tuple(notes))


class _Wanted(NamedTuple):
    """The names of all columns, where those stand that are read, and which of these hold bits."""

    names: Sequence[str]
    kept: Sequence[int]
    bits: Sequence[int]


def _bits(
    path: str, bits: Sequence[str] | None, names: Sequence[str], kept: Sequence[int]
) -> Sequence[int]:
    if bits is None:
        return ()
    return [index_of(path, name, names) for name in bits] or kept


def _unnamed(name: str) -> bool:
    """pandas calls the row numbers nothing in .csv, and so in .parquet."""
    return not name or name.startswith("__index_level_")


def _without_counts(
    path: str, rows: Sequence[Row | Fault], names: Sequence[str], kept: Sequence[int]
) -> tuple[list[int], list[str]]:
    """The columns but for those that count the rows, and what to say of these."""
    good = [row[1] for row in rows if not isinstance(row, Fault)]
    counts = [at for at in kept if _unnamed(names[at]) and _counts([row[at] for row in good])]
    if len(counts) == len(kept):
        counts = []
    notes = [
        f"{path}: column {at + 1} has no name and counts the rows: it is left out" for at in counts
    ]
    return [at for at in kept if at not in counts], notes


def _counts(fields: Sequence[Any]) -> bool:
    """Whether these are whole numbers that rise from row to row. Those that are none do not count."""
    numbers = [number for field in fields if (number := _number(field)) is not None]
    rising = all(first < second for first, second in pairwise(numbers))
    return rising and all(number.is_integer() for number in numbers)


def _check_single(path: str, names: Sequence[str], kept: Sequence[int]) -> None:
    for index in kept:
        index_of(path, names[index], names)


def _to_first_good(rows: Iterator[Row | Fault], bad: BadRows | None) -> list[Row | Fault]:
    """The rows up to the first one with all its columns, which is the last of them."""
    begin: list[Row | Fault] = []
    for row in rows:
        begin.append(row)
        if not isinstance(row, Fault):
            break
        settle(row, bad)
    return begin


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


def _values(row: Row | Fault, wanted: _Wanted, bad: BadRows | None) -> list[float]:
    fault = row if isinstance(row, Fault) else _fault(*row, wanted)
    if fault is not None:
        settle(fault, bad)
        return [nan] * len(wanted.kept)
    assert not isinstance(row, Fault)
    return [float(row[1][index]) for index in wanted.kept]


def _fault(place: Place, fields: list[Any], wanted: _Wanted) -> Fault | None:
    for index in wanted.kept:
        number = _number(fields[index])
        if number is None or not isfinite(number) or abs(number) > _LARGEST:
            rule = "a finite number"
        elif index in wanted.bits and number not in (0, 1):
            rule = "0 or 1"
        else:
            continue
        reason = f"'{wanted.names[index]}' must be {rule}, but is {str(fields[index]) or 'empty'}."
        remedy = "Mend the row, or name other columns."
        return Fault(place, reason, remedy, ",".join(map(str, fields)))
    return None
