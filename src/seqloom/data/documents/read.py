"""Files of any format -> documents, and the rules that all formats have in common: a document is not
empty, its label is given where one is needed, and a file has at least one row.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

from seqloom.config.documents import DocumentData, DocumentFormat
from seqloom.data.bad_rows import BadRows, Fault, settle
from seqloom.data.documents.document import Document, Row
from seqloom.data.documents.folders import read_folders
from seqloom.data.documents.jsonl import read_jsonl
from seqloom.data.documents.labels import Labels
from seqloom.data.documents.parquet import read_parquet
from seqloom.data.documents.table import read_csv, read_tsv
from seqloom.data.sources.lines import check_readable
from seqloom.errors import UserError

_BY_SUFFIX: dict[str, DocumentFormat] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


def read_documents(
    paths: Sequence[str],
    data: DocumentData,
    *,
    bad: BadRows | None = None,
    need_label: bool = True,
    known: Labels | None = None,
    every_row: bool = False,
) -> Iterator[Document]:
    """All documents of all files in order, read as they are asked for.

    bad         where bad rows are set aside; without it the first one raises a UserError
    need_label  False takes the label where there is one and None where there is not
    known       the labels of training; a row with any other is bad
    every_row   an empty document stands for a row that is set aside, so that answers keep their places
    """
    for path in paths:
        if format_of(path, data) != "folders":
            check_readable(path)
        elif not Path(path).is_dir():
            raise UserError(f"{path}: must be a folder of folders, but is none. Mend data.format.")
    return (
        document
        for path in paths
        for document in _read_file(path, data, bad, need_label, known, every_row)
        if every_row or document.text
    )


def format_of(path: str, data: DocumentData) -> DocumentFormat:
    """What `data.format` says; if that is 'auto', what the path looks like."""
    if data.format != "auto":
        return data.format
    if Path(path).is_dir():
        return "folders"
    return _BY_SUFFIX.get(Path(path.removesuffix(".gz")).suffix.lower(), "tsv")


def _read_file(
    path: str,
    data: DocumentData,
    bad: BadRows | None,
    need_label: bool,
    known: Labels | None,
    every_row: bool,
) -> Iterator[Document]:
    good = set_aside = 0
    for row in _rows(path, data, need_label):
        judged = row if isinstance(row, Fault) else _judge(row, data, need_label, known)
        if isinstance(judged, Fault):
            settle(judged, bad)
            set_aside += 1
            yield Document("", None, str(judged.place), judged.reason)
        else:
            good += 1
            yield judged
    if not good and not (every_row and set_aside):
        raise UserError(_nothing(path, set_aside, bad))


def _rows(path: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    format_ = format_of(path, data)
    match format_:
        case "tsv" | "auto":
            return read_tsv(path, data, need_label)
        case "csv":
            return read_csv(path, data, need_label)
        case "jsonl":
            return read_jsonl(path, data, need_label)
        case "parquet":
            return read_parquet(path, data, need_label)
        case "folders":
            return read_folders(path, data, need_label)
        case _:
            assert_never(format_)


def _judge(
    row: Row, data: DocumentData, need_label: bool, known: Labels | None
) -> Document | Fault:
    if not row.text.strip():
        return _fault(row, "the document must not be empty, but is.")
    labels = _labels(row.label, data)
    if labels is None and need_label:
        return _fault(row, "the document must have a label, but has none.")
    if labels and known and (unseen := known.unseen(labels)):
        return _fault(row, unseen)
    return Document(row.text, labels, str(row.place))


def _labels(label: str | tuple[str, ...] | None, data: DocumentData) -> tuple[str, ...] | None:
    """None where nothing is said; no labels where it is said that none applies."""
    if label is None or (isinstance(label, str) and not label.strip()):
        return None
    if not data.multi_label:
        assert isinstance(label, str)
        return (label.strip(),)
    entries = label.split(data.separator) if isinstance(label, str) else label
    return tuple(dict.fromkeys(stripped for entry in entries if (stripped := entry.strip())))


def _fault(row: Row, reason: str) -> Fault:
    return Fault(row.place, reason, "Mend or delete the row.", row.content)


def _nothing(path: str, set_aside: int, bad: BadRows | None) -> str:
    if bad is None or not set_aside:
        return f"{path}: must have at least one document, but has none. Is it the right file?"
    return (
        f"{path}: none of its {set_aside} documents can be used. "
        f"The reasons are in {bad.path}; is data.format right?"
    )
