"""TSV and CSV with a text and a label in each row. A line of names is found by itself if it has the
names 'text' and 'label', or if it has two columns and one of these names in its place.
"""

import csv
from collections.abc import Iterator
from itertools import chain

from seqloom.config.documents import DocumentData
from seqloom.data.bad_rows import Fault
from seqloom.data.documents.columns import Wanted, asks_by_name, by_names, by_number, plain
from seqloom.data.documents.document import Row
from seqloom.data.sources import tsv
from seqloom.data.sources.csv import records as csv_records
from seqloom.data.sources.table import Record
from seqloom.errors import UserError

NAMES = {"text", "label"}


def read_csv(path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    # The csv module has a limit of its own, for the whole process, that must not be the lower one.
    csv.field_size_limit(max(csv.field_size_limit(), data.max_line_bytes))
    yield from _rows(csv_records(path, data.max_line_bytes), path, data, need_label)


def read_tsv(path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    yield from _rows(tsv.records(path, data.max_line_bytes), path, data, need_label)


def _rows(
    found: Iterator[Record | Fault], path: str, data: DocumentData, need_label: bool
) -> Iterator[Row | Fault]:
    first = next(found, None)
    if first is None:
        return
    names = _names(first, path, data)
    try:
        wanted = by_number(data) if names is None else by_names(data, names, need_label)
    except UserError as error:
        raise UserError(f"{path}:1: {error}") from error
    least, most, wording = _width(wanted, names, data, need_label)
    for record in found if names is not None else chain([first], found):
        if isinstance(record, Fault):
            yield record
        elif not least <= len(record.fields) <= most:
            yield _wrong_count(record, wording)
        else:
            yield _row(record, wanted)


def _names(first: Record | Fault, path: str, data: DocumentData) -> list[str] | None:
    """The line of names, if there is one."""
    if data.header is False and asks_by_name(data):
        raise UserError(
            f"{path}: data.text={data.text} and data.label={data.label} ask for a column by name, but "
            "data.header=false says that the file has no names. Give its number, or leave "
            "data.header out."
        )
    sure = asks_by_name(data) if data.header is None else data.header
    if isinstance(first, Fault):
        if sure:
            raise UserError(f"{first.place}: {first.reason} {first.remedy}")
        return None
    names = [field.strip() for field in first.fields]
    placed = len(names) == 2 and (names[0] == "text" or names[1] == "label")
    guessed = data.header is None and plain(data) and (set(names) >= NAMES or placed)
    return names if sure or guessed else None


def _width(
    wanted: Wanted, names: list[str] | None, data: DocumentData, need_label: bool
) -> tuple[float, float, str]:
    """How many columns a row may have, least and most."""
    if names is not None:
        return len(names), len(names), f"{len(names)} columns as in the header"
    if plain(data):
        # No more than two: a tab inside the text would push the label out of its place.
        wording = "2 columns (text, label)" if need_label else "1 or 2 columns (text, label)"
        return (2 if need_label else 1), 2, wording
    least = max(wanted.text, wanted.label or 0 if need_label else 0) + 1
    return least, float("inf"), f"at least {least} columns"


def _row(record: Record, wanted: Wanted) -> Row:
    fields, at = record.fields, wanted.label
    label = fields[at] if at is not None and at < len(fields) else None
    return Row(record.place, fields[wanted.text], label, record.content)


def _wrong_count(record: Record, wording: str) -> Fault:
    found = f"found {len(record.fields)}" if record.content else "the line is empty"
    remedy = (
        "Columns of .csv are parted by commas, all others by tabs; choose columns with data.text=... "
        "and data.label=..."
    )
    return Fault(record.place, f"expected {wording}, but {found}.", remedy, record.content)
