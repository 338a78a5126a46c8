"""Files -> lines of text: gzip, marks, line ends, encoding, and a limit on length.

A line is never read whole before its length is known, so a file without line ends (a binary one,
say) costs `limit` bytes of memory and no more. What is wrong with one line is handed on as a
`Fault` in its place; what is wrong with the file is raised.
"""

import gzip
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from io import BufferedReader
from pathlib import Path
from stat import S_ISDIR
from typing import NamedTuple, Protocol

from seqloom.data.bad_rows import Fault, Place
from seqloom.data.sources.encodings import remedy
from seqloom.errors import UserError

_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LINE_END_AND_MARK = len(b"\r\n") + len(_UTF8_MARK)
_CHUNK = 1 << 16


class Stream(Protocol):
    """Bytes that come line by line: an open file, gzip or standard input."""

    def readline(self, size: int, /) -> bytes: ...


class Line(NamedTuple):
    """One line without its end."""

    place: Place
    text: str


def check_readable(path: str) -> None:
    """Refuse a path that is missing or a folder, before any work is put into the other files."""
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{path}: no such file. {_nearest(Path(path))}") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}.") from error
    if S_ISDIR(mode):
        raise UserError(
            f"{path}: must be a file, but is a folder. Name the files in it one by one."
        )


def _nearest(given: Path) -> str:
    folder = given.parent
    if not folder.is_dir():
        return f"There is no folder '{folder}' either."
    names = [entry.name for entry in folder.iterdir()]
    near = get_close_matches(given.name, names, n=1)
    if near:
        return f"Did you mean '{given.with_name(near[0])}'?"
    return f"Nothing in '{folder.resolve()}' has a name like it."


@contextmanager
def opened(path: str) -> Generator[Stream]:
    """The file's bytes, unpacked if it is gzip, whatever its name."""
    check_readable(path)
    with _open(path) as file:
        start = file.peek(2)[:2]
        if start == _GZIP:
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
        elif start and path.endswith(".gz"):
            raise UserError(
                f"{path}: must be gzip, as the name says, but opens with {_hex(start)}. "
                "Compress it with gzip, or take the .gz off its name."
            )
        else:
            yield file


def _open(path: str) -> BufferedReader:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}.") from error


def read_lines(stream: Stream, path: str, limit: int) -> Iterator[Line | Fault]:
    """Every line in its place; `path` is what messages call the stream, `limit` is in bytes."""
    number = 1
    while raw := _next(stream, Place(path, number), limit + _LINE_END_AND_MARK):
        place = Place(path, number)
        whole = raw.endswith(b"\n") or len(raw) < limit + _LINE_END_AND_MARK
        rest = 0 if whole else _skip_rest(stream, place, raw[-1:])
        if number == 1:
            raw = _without_mark(raw, path)
            if not raw:
                return
        content = _without_end(raw)
        if len(content) + rest > limit:
            yield _too_long(place, content, len(content) + rest, limit)
        else:
            yield _decoded(place, content)
        number += 1


def _next(stream: Stream, place: Place, size: int) -> bytes:
    try:
        return stream.readline(size)
    except EOFError as error:
        raise UserError(
            f"{place}: the gzip data ends too early. Copy or download the file again."
        ) from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise UserError(
            f"{place}: the gzip data is damaged ({error}). Copy or download the file again."
        ) from error
    except OSError as error:
        raise UserError(f"{place}: cannot be read: {error.strerror}.") from error


def _skip_rest(stream: Stream, place: Place, last: bytes) -> int:
    """Read on to the end of the line; says how many bytes more it has, its end not counted. (`last`
    is the byte before: if it is the first half of the line's end, the answer is -1.)"""
    length, end = 0, last
    while chunk := _next(stream, place, _CHUNK):
        length += len(chunk)
        end = (end + chunk)[-2:]
        if chunk.endswith(b"\n"):
            break
    return length - (len(end) - len(_without_end(end)))


def _without_mark(raw: bytes, path: str) -> bytes:
    if raw.startswith(_UTF16_MARKS):
        raise UserError(
            f"{path}: must be UTF-8, but is UTF-16. "
            f"Convert it: iconv -f UTF-16 -t UTF-8 '{path}' > '{path}.utf8'"
        )
    return raw.removeprefix(_UTF8_MARK)


def _without_end(raw: bytes) -> bytes:
    return raw[:-1].removesuffix(b"\r") if raw.endswith(b"\n") else raw


def _decoded(place: Place, content: bytes) -> Line | Fault:
    null = content.find(b"\0")
    if null >= 0:
        return Fault(
            place,
            f"must be text, but byte {null + 1} of the line is 0x00.",
            "Is this the right file, and is it UTF-8?",
            shown(content),
        )
    try:
        return Line(place, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Fault(
            place,
            f"must be UTF-8, but {bad_bytes(error, 'line')}.",
            remedy(content, place.path),
            shown(content),
        )


def bad_bytes(error: UnicodeDecodeError, within: str) -> str:
    wrong = error.object[error.start : error.end]
    return f"byte {error.start + 1} of the {within} is {_hex(wrong)}"


def shown(content: bytes) -> str:
    """Bytes as text for the side file, those that are not UTF-8 as \\xNN."""
    return content.decode("utf-8", "backslashreplace")


def _hex(values: bytes) -> str:
    return " ".join(f"0x{value:02x}" for value in values)


def _too_long(place: Place, content: bytes, length: int, limit: int) -> Fault:
    return Fault(
        place,
        f"a line may have {limit} bytes, but this one has {length}.",
        "Split it, or raise data.max_line_bytes when training.",
        shown(content),
    )
