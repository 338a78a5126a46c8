"""JSONL: one JSON object a line, columns by key.

Where columns are asked for by number, the keys of the first object decide once and for all, so that
an object with its keys in another order is read alike.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault
from seqloom.data.sources.columns import Chosen, by_key, unknown
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.data.sources.row import Row
from seqloom.errors import UserError


def read_jsonl(path: str, data: Data, need_target: bool) -> Iterator[Row | Fault]:
    chosen: Chosen[str] | None = None
    with opened(path) as stream:
        for line in read_lines(stream, path, data.max_line_bytes):
            if isinstance(line, Fault):
                yield line
                continue
            try:
                values = parsed(line.text)
                chosen = chosen or by_key(data, tuple(values), need_target)
                yield _row(line, values, chosen, need_target)
            except UserError as error:
                yield Fault(line.place, str(error), "Mend the row.", line.text)


def parsed(text: str) -> dict[str, Any]:
    if not text.strip():
        raise UserError("expected a JSON object, but the line is empty.")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(
            f"must be valid JSON, but is not ({error.msg} at character {error.pos + 1})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"must be JSON of a usable size, but is not ({error}).") from error
    if not isinstance(value, dict):
        raise UserError(f"expected a JSON object, but found {kind(value)}.")
    return cast(dict[str, Any], value)


def _row(line: Line, values: dict[str, Any], chosen: Chosen[str], need_target: bool) -> Row:
    target = chosen.target
    if target is not None and target not in values and not need_target:
        target = None
    number = values.get(chosen.id) if chosen.id else None
    return Row(
        place=line.place,
        source=_text("data.source", chosen.source, values),
        target=None if target is None else _text("data.target", target, values),
        features=tuple(_text("data.features", key, values) for key in chosen.features),
        id=None if number is None else str(number),
        content=line.text,
    )


def _text(setting: str, key: str, values: dict[str, Any]) -> str:
    if key not in values:
        raise UserError(unknown(setting, key, tuple(values)))
    value = values[key]
    if not isinstance(value, str):
        raise UserError(f"'{key}' must be a string, but is {kind(value)}.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UserError(
            f"'{key}' must be Unicode text, but holds half a surrogate pair at "
            f"character {error.start + 1}."
        ) from error
    return value


def kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return f"{json.dumps(value)}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "a string"
