"""Which columns are the text and the label: by number, by name, or 'text' and 'label' if a file has
columns of these names and nothing else was asked for.
"""

from collections.abc import Sequence
from typing import NamedTuple

from seqloom.config.data import Column
from seqloom.config.documents import DocumentData
from seqloom.data.sources.columns import unknown
from seqloom.errors import UserError


class Wanted(NamedTuple):
    """Places in a row, from 0; no label where there is none and none is needed."""

    text: int
    label: int | None


def plain(data: DocumentData) -> bool:
    """Whether no column was asked for."""
    return all(getattr(data, name) == _default(name) for name in ("text", "label"))


def asks_by_name(data: DocumentData) -> bool:
    return isinstance(data.text, str) or isinstance(data.label, str)


def by_number(data: DocumentData) -> Wanted:
    """In a table without names."""
    assert isinstance(data.text, int)
    assert isinstance(data.label, int)
    return Wanted(data.text - 1, data.label - 1)


def by_names(data: DocumentData, names: Sequence[str], need_label: bool) -> Wanted:
    """In a row whose columns have these names. Raises UserError where one is missing."""
    text = _index("text", data.text, names)
    try:
        label = _index("label", data.label, names)
    except UserError:
        if need_label and (missing := missing_name(data, names)):
            raise UserError(missing) from None
        if need_label:
            raise
        label = None
    if text == label:
        if missing := missing_name(data, names):
            raise UserError(missing)
        if not need_label:  # a text was asked for, and it stands where a label would
            return Wanted(text, None)
        raise UserError(
            f"data.text={data.text} and data.label={data.label} both lead to '{names[text]}'. "
            f"Name the columns: data.text=NAME data.label=NAME, out of {', '.join(names)}."
        )
    return Wanted(text, label)


def missing_name(data: DocumentData, names: Sequence[str]) -> str:
    """Where no column was asked for and only one of 'text' and 'label' is there, that the other is not;
    else empty."""
    missing = [name for name in ("text", "label") if name not in names]
    if not plain(data) or len(missing) != 1:
        return ""
    return (
        f"there is no '{missing[0]}' among the columns ({', '.join(names)}). If it has another name, say "
        f"which: data.{missing[0]}=NAME."
    )


def _index(name: str, column: Column, names: Sequence[str]) -> int:
    if column == _default(name) and name in names:
        column = name
    if isinstance(column, str):
        if column not in names:
            raise UserError(unknown(f"data.{name}", column, names))
        return list(names).index(column)
    if column > len(names):
        raise UserError(
            f"data.{name}={column} asks for column {column}, but the last one is {len(names)} "
            f"({', '.join(names)}). Choose one of these, by number or by name."
        )
    return column - 1


def _default(name: str) -> Column:
    return DocumentData.model_fields[name].default
