"""JSONL: one JSON object a line. A label is a string, a whole number, true or false; where there may
be several, also a list of strings, and an empty list says that none applies.
"""

from collections.abc import Iterator
from typing import Any, cast

from seqloom.config.documents import DocumentData
from seqloom.data.bad_rows import Fault
from seqloom.data.documents.columns import by_names
from seqloom.data.documents.document import Row
from seqloom.data.sources.jsonl import kind, parsed
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.errors import UserError


def read_jsonl(path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, data.max_line_bytes):
            if isinstance(line, Fault):
                yield line
                continue
            try:
                yield _row(line, parsed(line.text), data, need_label)
            except UserError as error:
                yield Fault(line.place, str(error), "Mend the row.", line.text)


def _row(line: Line, values: dict[str, Any], data: DocumentData, need_label: bool) -> Row:
    names = tuple(values)
    wanted = by_names(data, names, need_label)
    text = values[names[wanted.text]]
    if not isinstance(text, str):
        raise UserError(f"'{names[wanted.text]}' must be a string, but is {kind(text)}.")
    label = None if wanted.label is None else names[wanted.label]
    labelled = None if label is None else label_of(label, values[label], data.multi_label)
    return Row(line.place, text, labelled, line.text)


def label_of(name: str, value: object, multi_label: bool) -> str | tuple[str, ...] | None:
    """A label as JSON or Parquet has it. Raises UserError if it is something else."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case list() if multi_label:
            items = cast(list[object], value)
            if all(isinstance(item, str) for item in items):
                return tuple(cast(list[str], items))
        case list():
            raise UserError(
                f"'{name}' must be one label, but is a list. Is it data.multi_label=true?"
            )
        case _:
            pass
    raise UserError(
        f"'{name}' must be a string, a whole number, true or false, but is {kind(value)}."
    )
