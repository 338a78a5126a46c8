"""Parquet: a column of strings and one of labels (strings, whole numbers, or lists of strings). A
row's place is its number, the first is 1.
"""

from collections.abc import Iterator
from importlib import import_module
from itertools import count
from typing import Any

from seqloom.config.documents import DocumentData
from seqloom.data.bad_rows import Fault, Place
from seqloom.data.documents.columns import by_names
from seqloom.data.documents.document import Row
from seqloom.data.documents.jsonl import label_of
from seqloom.data.sources.encodings import CONVERT
from seqloom.data.sources.lines import bad_bytes, check_readable, shown
from seqloom.errors import MissingExtra, UserError

_BATCH = 1024


def read_parquet(path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    check_readable(path)
    try:
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtra("Reading Parquet", "train") from error
    try:
        with parquet.ParquetFile(path) as file:
            yield from _rows(file, path, data, need_label)
    except (arrow.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UserError(
            f"{path}: must be a Parquet file with a column of strings, but cannot be read as one "
            f"({reason}). If it is another format, say which with data.format."
        ) from error


def _rows(file: Any, path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    names: list[str] = file.schema_arrow.names
    try:
        wanted = by_names(data, names, need_label)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    text = names[wanted.text]
    label = None if wanted.label is None else names[wanted.label]
    columns = [text] if label is None else [text, label]
    places = (Place(path, number) for number in count(1))
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
        texts: list[bytes | None] = _bytes(batch.column(text))
        labels = [None] * len(texts) if label is None else batch.column(label).to_pylist()
        for value, given, place in zip(texts, labels, places, strict=False):
            try:
                labelled = None if label is None else label_of(label, given, data.multi_label)
                yield Row(
                    place, _text(text, value, data.max_line_bytes), labelled, shown(value or b"")
                )
            except UserError as error:
                yield Fault(place, str(error), "Mend the row.", shown(value or b""))


def _bytes(column: Any) -> list[bytes | None]:
    """Values undecoded, so that one that is not UTF-8 spoils its own row and not the batch."""
    if hasattr(column, "dictionary_decode"):
        column = column.dictionary_decode()
    return column.cast("binary").to_pylist()


def _text(name: str, value: bytes | None, limit: int) -> str:
    if value is None:
        raise UserError(f"'{name}' must be a string, but is null.")
    if len(value) > limit:
        raise UserError(
            f"'{name}' may have {limit} bytes, but has {len(value)}. "
            "If it is meant to be that long, raise data.max_line_bytes."
        )
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(
            f"'{name}' must be UTF-8, but {bad_bytes(error, 'value')}. {CONVERT}"
        ) from error
