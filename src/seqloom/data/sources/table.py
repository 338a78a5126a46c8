"""Rows of fields -> `Row`: the header, the number of columns, and who is who. For TSV and CSV."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault, Place
from seqloom.data.sources.columns import Chosen, has_header, in_table, plain_pair
from seqloom.data.sources.row import Row
from seqloom.errors import UserError


class Record(NamedTuple):
    """One row cut into fields; `content` is the row uncut."""

    place: Place
    fields: list[str]
    content: str


class _Width(NamedTuple):
    """How many columns a row may have; `most` is None where further ones do no harm."""

    least: int
    most: int | None
    wording: str


def read_table(
    records: Iterator[Record | Fault], path: str, data: Data, need_target: bool
) -> Iterator[Row | Fault]:
    names = _header(records, path) if has_header(data, path) else None
    first, records = _first(records)
    try:
        chosen = in_table(data, names, need_target, len(names or first))
    except UserError as error:
        raise UserError(f"{path}:1: {error}") from error
    width = _width(data, chosen, names, need_target, len(first))
    for record in records:
        yield record if isinstance(record, Fault) else _row(record, chosen, width)


def _header(records: Iterator[Record | Fault], path: str) -> list[str]:
    first = next(records, None)
    if first is None:
        raise UserError(f"{path}: must open with a line of column names, but is empty.")
    if isinstance(first, Fault):
        raise UserError(f"{first.place}: {first.reason} {first.remedy}")
    return [name.strip() for name in first.fields]


def _first(records: Iterator[Record | Fault]) -> tuple[list[str], Iterator[Record | Fault]]:
    """The fields of the first row that can be read, and all rows."""
    seen: list[Record | Fault] = []
    for record in records:
        seen.append(record)
        if isinstance(record, Record):
            return record.fields, chain(seen, records)
    return [], iter(seen)


def _width(
    data: Data, chosen: Chosen[int], names: Sequence[str] | None, need_target: bool, first: int
) -> _Width:
    """first  fields of the first row"""
    if names is not None:
        return _Width(len(names), len(names), f"{_columns(len(names))} as in the header")
    if plain_pair(data):
        least = 2 if need_target else 1
        return _Width(least, 2, f"{'' if need_target else '1 or '}2 columns (source, target)")
    needed = [chosen.source, *chosen.features]
    if need_target and chosen.target is not None:
        needed.append(chosen.target)
    least = max(needed) + 1
    if data.feature_columns is None and first >= least:
        return _Width(first, first, f"{_columns(first)} as in the first row")
    return _Width(least, None, f"at least {_columns(least)}")


def _columns(count: int) -> str:
    return f"{count} column{'' if count == 1 else 's'}"


def _row(record: Record, chosen: Chosen[int], width: _Width) -> Row | Fault:
    fields = record.fields
    found = len(fields)
    if found < width.least or (width.most is not None and found > width.most):
        return _wrong_count(record, width)
    target = chosen.target
    return Row(
        place=record.place,
        source=fields[chosen.source],
        target=fields[target] if target is not None and target < found else None,
        features=tuple(fields[index] for index in chosen.features),
        id=None if chosen.id is None else fields[chosen.id],
        content=record.content,
    )


def _wrong_count(record: Record, width: _Width) -> Fault:
    found = f"found {len(record.fields)}" if record.content else "the line is empty"
    remedy = "Mend the row."
    if record.content and len(record.fields) < width.least:
        remedy = "Is the separator right? Columns of .csv are parted by commas, all others by tabs."
    if width.most is not None and len(record.fields) > width.most:
        remedy = (
            "Choose columns with data.source=... and data.target=..., by name if there is a "
            "header, or cut the others off."
        )
    return Fault(record.place, f"expected {width.wording}, but {found}.", remedy, record.content)
