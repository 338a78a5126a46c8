"""Which format a file has, and who reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from seqloom.config.data import Data, Format
from seqloom.data.bad_rows import Fault
from seqloom.data.sources.csv import read_csv
from seqloom.data.sources.jsonl import read_jsonl
from seqloom.data.sources.parallel import read_parallel, split_paths
from seqloom.data.sources.parquet import read_parquet
from seqloom.data.sources.row import Row
from seqloom.data.sources.tsv import read_tsv

_BY_SUFFIX: dict[str, Format] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


def format_of(entry: str, data: Data) -> Format:
    """What `data.format` says; by the name if that is 'auto'. A comma in the name of a file that
    exists does not make it two."""
    if data.format != "auto":
        return data.format
    if "," in entry and not Path(entry).exists():
        return "parallel"
    return _BY_SUFFIX.get(Path(entry.removesuffix(".gz")).suffix.lower(), "tsv")


def files_of(entry: str, data: Data, need_target: bool) -> tuple[str, ...]:
    """The files behind one entry: one, or two where they are parallel."""
    if format_of(entry, data) == "parallel":
        return split_paths(entry, need_target)
    return (entry,)


def read_rows(entry: str, data: Data, need_target: bool) -> Iterator[Row | Fault]:
    format_ = format_of(entry, data)
    match format_:
        case "tsv" | "auto":
            return read_tsv(entry, data, need_target)
        case "csv":
            return read_csv(entry, data, need_target)
        case "jsonl":
            return read_jsonl(entry, data, need_target)
        case "parquet":
            return read_parquet(entry, data, need_target)
        case "parallel":
            return read_parallel(entry, data, need_target)
        case _:
            assert_never(format_)
