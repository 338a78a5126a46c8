"""Parquet: read in batches of the wanted columns; a row's place is its number, the first is 1."""

from collections.abc import Iterator
from importlib import import_module
from itertools import count
from typing import Any

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault, Place
from seqloom.data.sources.columns import Chosen, by_key, unknown
from seqloom.data.sources.encodings import CONVERT
from seqloom.data.sources.lines import bad_bytes, check_readable, shown
from seqloom.data.sources.row import Row
from seqloom.errors import MissingExtra, UserError

_BATCH = 1024


def read_parquet(path: str, data: Data, need_target: bool) -> Iterator[Row | Fault]:
    check_readable(path)
    arrow = _arrow()
    try:
        with import_module("pyarrow.parquet").ParquetFile(path) as file:
            chosen = _chosen(file.schema_arrow, path, data, need_target)
            _check_types(arrow, file.schema_arrow, path, chosen)
            yield from _rows(file, path, chosen, data.max_line_bytes)
    except (arrow.ArrowException, OSError) as error:
        raise UserError(
            f"{path}: must be a Parquet file, but cannot be read as one ({_first_line(error)}). "
            "If it is another format, say which with data.format."
        ) from error


def _arrow() -> Any:
    try:
        return import_module("pyarrow")
    except ImportError as error:
        raise MissingExtra("Reading Parquet", "train") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")


def _chosen(schema: Any, path: str, data: Data, need_target: bool) -> Chosen[str]:
    names: list[str] = schema.names
    try:
        chosen = by_key(data, names, need_target)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    if not need_target and chosen.target not in names:
        chosen = Chosen(chosen.source, None, chosen.features, chosen.id)
    wanted = [("data.source", chosen.source), *(("data.features", key) for key in chosen.features)]
    if chosen.target is not None:
        wanted.append(("data.target", chosen.target))
    for setting, key in wanted:
        if key not in names:
            raise UserError(f"{path}: {unknown(setting, key, names)}")
    return chosen


def _check_types(arrow: Any, schema: Any, path: str, chosen: Chosen[str]) -> None:
    for key in _text_keys(chosen):
        kind = schema.field(key).type
        held = kind.value_type if arrow.types.is_dictionary(kind) else kind
        if held not in (arrow.string(), arrow.large_string(), arrow.binary(), arrow.string_view()):
            raise UserError(
                f"{path}: column '{key}' must hold strings, but holds {kind}. "
                "Choose another column, or write it as strings."
            )


def _text_keys(chosen: Chosen[str]) -> list[str]:
    target = [] if chosen.target is None else [chosen.target]
    return [chosen.source, *target, *chosen.features]


def _rows(file: Any, path: str, chosen: Chosen[str], limit: int) -> Iterator[Row | Fault]:
    keys = _text_keys(chosen)
    columns = list(dict.fromkeys([*keys, *([chosen.id] if chosen.id else [])]))
    places = (Place(path, number) for number in count(1))
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
        texts = [_bytes(batch.column(key)) for key in keys]
        ids = batch.column(chosen.id).to_pylist() if chosen.id else [None] * batch.num_rows
        for values, id_, place in zip(zip(*texts, strict=True), ids, places, strict=False):
            yield _row(place, values, id_, chosen, limit)


def _bytes(column: Any) -> list[bytes | None]:
    """Values undecoded, so that one that is not UTF-8 spoils its own row and not the batch."""
    if hasattr(column, "dictionary_decode"):
        column = column.dictionary_decode()
    return column.cast("binary").to_pylist()


def _row(
    place: Place, values: tuple[bytes | None, ...], id_: object, chosen: Chosen[str], limit: int
) -> Row | Fault:
    content = shown(b"\t".join(value or b"" for value in values))
    texts: list[str] = []
    for key, value in zip(_text_keys(chosen), values, strict=True):
        try:
            texts.append(_text(key, value, limit))
        except UserError as error:
            return Fault(place, str(error), "Mend the row.", content)
    features = texts[len(texts) - len(chosen.features) :]
    return Row(
        place=place,
        source=texts[0],
        target=None if chosen.target is None else texts[1],
        features=tuple(features),
        id=None if id_ is None else str(id_),
        content=content,
    )


def _text(key: str, value: bytes | None, limit: int) -> str:
    if value is None:
        raise UserError(f"'{key}' must be a string, but is null.")
    if len(value) > limit:
        raise UserError(
            f"'{key}' may have {limit} bytes, but has {len(value)}. "
            "If it is meant to be that long, raise data.max_line_bytes."
        )
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(
            f"'{key}' must be UTF-8, but {bad_bytes(error, 'value')}. {CONVERT}"
        ) from error
