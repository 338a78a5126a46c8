"""Which columns are the source, the target and the features.

A column is asked for by number or by name. In a table (TSV, CSV) it is found at an index of the
row; in JSONL and Parquet, where everything has a name, under a key. There the default numbers 1
and 2 mean the keys 'source' and 'target' where a file has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from seqloom.config.data import Column, Data
from seqloom.errors import UserError, suggestion

ID = "id"
"""The name of the column whose values must not repeat."""

K = TypeVar("K", int, str)


@dataclass(frozen=True, slots=True)
class Chosen(Generic[K]):
    """Where the wanted values stand in a row; None for what it need not have and does not."""

    source: K
    target: K | None
    features: tuple[K, ...]
    id: K | None


def has_header(data: Data, path: str) -> bool:
    """Whether a table opens with a line of names."""
    named = {setting: column for setting, column in _asked(data).items() if isinstance(column, str)}
    if data.header is False and named:
        setting, column = next(iter(named.items()))
        raise UserError(
            f"{path}: {setting}='{column}' asks for a column by name, but data.header=false says "
            "that the file has no names. Give the column's number, or leave data.header out."
        )
    return bool(named) if data.header is None else data.header


def _asked(data: Data) -> dict[str, Column]:
    wanted = enumerate(data.feature_columns or ())
    features = {f"data.features[{i}]": column for i, column in wanted}
    return {"data.source": data.source, "data.target": data.target, **features}


def plain_pair(data: Data) -> bool:
    """Source and target and nothing else, as the defaults have it."""
    defaults = (_default("source"), _default("target"))
    return (data.source, data.target) == defaults and not data.features


def _default(field: str) -> Column:
    return Data.model_fields[field].default


def in_table(data: Data, names: Sequence[str] | None, need_target: bool, width: int) -> Chosen[int]:
    """Indices into a row of `width` fields; `names` is the header if there is one."""
    source = _index("data.source", data.source, names)
    target = _target_index(data, names, need_target)
    id_ = names.index(ID) if names and ID in names else None
    if data.feature_columns is None:
        features = [place for place in range(width) if place not in (source, target, id_)]
    else:
        features = [_index("data.features", column, names) for column in data.feature_columns]
    return Chosen(source, target, tuple(features), id_)


def _target_index(data: Data, names: Sequence[str] | None, need_target: bool) -> int | None:
    try:
        return _index("data.target", data.target, names)
    except UserError:
        if need_target:
            raise
        return None


def _index(setting: str, column: Column, names: Sequence[str] | None) -> int:
    if names is None:
        assert isinstance(column, int)
        return column - 1
    if isinstance(column, int):
        _check_number(setting, column, names)
        return column - 1
    if column not in names:
        raise UserError(unknown(setting, column, names))
    if names.count(column) > 1:
        raise UserError(
            f"{setting}='{column}' asks for one column, but {names.count(column)} have that name. "
            "Give the number of the one you mean."
        )
    return names.index(column)


def _check_number(setting: str, number: int, names: Sequence[str]) -> None:
    if number > len(names):
        raise UserError(
            f"{setting}={number} asks for column {number}, but the last one is {len(names)} "
            f"({', '.join(names)}). Choose one of these, by number or by name."
        )


def unknown(setting: str, name: str, names: Sequence[str]) -> str:
    return f"{setting}='{name}' is not among the columns. {suggestion(name, names)}"


def by_key(data: Data, names: Sequence[str], need_target: bool) -> Chosen[str]:
    """Keys of a row with these names. A name that was asked for is taken as it is: whether each
    row has it is for the reader to see."""
    source = _key("source", data.source, names)
    target = _target_key(data, names, need_target)
    if source == target and data.source != data.target:
        raise UserError(
            f"data.source={data.source} and data.target={data.target} both lead to '{source}'. "
            f"Name the columns: data.source=NAME data.target=NAME, out of {', '.join(names)}."
        )
    if data.feature_columns is None:
        features = [name for name in names if name not in (source, target, ID)]
    else:
        features = [_key("features", column, names) for column in data.feature_columns]
    return Chosen(source, target, tuple(features), ID if ID in names else None)


def _target_key(data: Data, names: Sequence[str], need_target: bool) -> str | None:
    try:
        return _key("target", data.target, names)
    except UserError:
        if need_target:
            raise
        return None


def _key(field: str, column: Column, names: Sequence[str]) -> str:
    if isinstance(column, str):
        return column
    if field in names and column == _default(field):
        return field
    _check_number(f"data.{field}", column, names)
    return names[column - 1]
