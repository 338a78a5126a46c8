"""JSONL: one JSON object a line. A label is a string, a whole number, true or false; where there may
be several, also a list of strings, and an empty list says that none applies.

Where keys are asked for by number, the first object that has them decides once and for all, so that one
with its keys in another order is read alike.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from seqloom.config.documents import DocumentData
from seqloom.data.bad_rows import Fault
from seqloom.data.documents.columns import by_names, missing_name
from seqloom.data.documents.document import Row
from seqloom.data.sources.jsonl import kind, parsed
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.errors import UserError


class _Keys(NamedTuple):
    text: str
    label: str | None


def read_jsonl(path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    keys: _Keys | None = None
    with opened(path) as stream:
        for line in read_lines(stream, path, data.max_line_bytes):
            if isinstance(line, Fault):
                yield line
                continue
            try:
                values = parsed(line.text)
                keys = keys or _keys(data, tuple(values), need_label)
                yield _row(line, values, keys, data.multi_label)
            except UserError as error:
                yield Fault(line.place, str(error), "Mend the row.", line.text)


def _keys(data: DocumentData, names: tuple[str, ...], need_label: bool) -> _Keys:
    missing = missing_name(data, names)
    if missing and (need_label or "text" not in names):
        raise UserError(missing)
    if missing:
        return _Keys("text", None)
    wanted = by_names(data, names, need_label)
    return _Keys(names[wanted.text], None if wanted.label is None else names[wanted.label])


def _row(line: Line, values: dict[str, Any], keys: _Keys, multi_label: bool) -> Row:
    if keys.text not in values:
        raise UserError(
            f"must have a '{keys.text}', but has only: {', '.join(values) or 'nothing'}."
        )
    text = values[keys.text]
    if not isinstance(text, str):
        raise UserError(f"'{keys.text}' must be a string, but is {kind(text)}.")
    label = None
    if keys.label is not None:
        label = label_of(keys.label, values.get(keys.label), multi_label)
    return Row(line.place, text, label, line.text)


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
