"""A folder for each label: every file below it is a document, in the order of their names.

    reviews/pos/0_9.txt   reviews/pos/1_7.txt   reviews/neg/0_3.txt   ->   labels pos and neg

A file that is no text, too long or in no folder is a `Fault` in its place, so that none goes missing.
"""

from collections.abc import Iterator
from pathlib import Path

from seqloom.config.documents import DocumentData
from seqloom.data.bad_rows import Fault, Place
from seqloom.data.documents.document import Row
from seqloom.data.sources.encodings import is_cp949
from seqloom.data.sources.lines import bad_bytes, shown
from seqloom.errors import UserError

_SHOWN = 4000
"""Bytes of a bad file that are handed on for the side file."""


def read_folders(root: str, data: DocumentData, need_label: bool) -> Iterator[Row | Fault]:
    top = Path(root)
    if need_label and not any(entry.is_dir() for entry in top.iterdir()):
        raise UserError(
            f"{root}: must hold a folder for each label, but holds none. "
            "Put the documents of a label in a folder of that name, or name the files one by one."
        )
    for path in _files(top):
        inside = path.relative_to(top).parts
        if len(inside) == 1 and need_label:
            yield _fault(path, "a document must be in the folder of its label, but is in none.", "")
        else:
            yield _read(path, inside[0] if len(inside) > 1 else None, data)


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def _read(path: Path, label: str | None, data: DocumentData) -> Row | Fault:
    try:
        size = path.stat().st_size
        if size > data.max_line_bytes:
            return _fault(
                path,
                f"a document may have {data.max_line_bytes} bytes, but this one has {size}.",
                "If it is meant to be that long, raise data.max_line_bytes.",
            )
        content = path.read_bytes()
    except OSError as error:
        return _fault(path, f"cannot be read: {error.strerror}.", "")
    return _decoded(path, label, content, data.encoding)


def _decoded(path: Path, label: str | None, content: bytes, encoding: str) -> Row | Fault:
    remedy = "If it is text, say how it is written: data.encoding=latin-1, for example."
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if is_cp949(content):
            remedy = "It reads as Korean in CP949: data.encoding=cp949."
        reason = f"must be {encoding}, but {bad_bytes(error, 'file')}."
        return _fault(path, reason, remedy, content)
    null = text.find("\0")
    if null >= 0:
        return _fault(path, f"must be text, but character {null + 1} is 0x00.", remedy, content)
    return Row(Place(str(path), 1), text.removeprefix("\ufeff"), label, text[:_SHOWN])


def _fault(path: Path, reason: str, remedy: str, content: bytes = b"") -> Fault:
    return Fault(Place(str(path), 1), reason, remedy or "Move or mend it.", shown(content[:_SHOWN]))
