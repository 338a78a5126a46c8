"""Prediction reads lines: line i of the input is Example i, whatever is in it."""

import gzip
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from seqloom.config.data import Data
from seqloom.data.bad_rows import BadRows
from seqloom.data.sources import read_sources
from seqloom.errors import UserError


def sources(content: bytes, data: Data | None = None, bad: BadRows | None = None) -> list[str]:
    examples = read_sources(io.BytesIO(content), data or Data(), bad=bad)
    return [example.source for example in examples]


def test_an_empty_line_is_an_empty_source_in_its_place() -> None:
    assert sources(b"a\n\n \nb\r\n\n") == ["a", "", "", "b", ""]


def test_nothing_in_gives_nothing_out() -> None:
    assert sources(b"") == []


def test_a_mark_is_no_part_of_the_first_source() -> None:
    assert sources(b"\xef\xbb\xbfa\nb") == ["a", "b"]


def test_a_mark_on_an_otherwise_empty_first_line_keeps_the_lines_apart() -> None:
    assert sources(b"\xef\xbb\xbf\nb") == ["", "b"]


def test_features_follow_the_source() -> None:
    data = Data(features=("lang", "tags"))
    (example,) = read_sources(io.BytesIO(b"run\ten\tV;PST\n"), data)
    assert (example.source, example.features) == ("run", ("en", "V", "PST"))


def test_a_model_of_all_further_columns_takes_any_number_of_features() -> None:
    given = io.BytesIO(b"run\nrun\ten\tV;PST\n")
    examples = read_sources(given, Data(features="rest"))
    assert [example.features for example in examples] == [(), ("en", "V", "PST")]


def test_an_empty_line_needs_no_features() -> None:
    assert sources(b"\nrun\ten\n", Data(features=(3,))) == ["", "run"]


def test_lines_know_where_they_come_from(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a\n\n")
    assert [e.origin for e in read_sources(str(path), Data())] == [f"{path}:1", f"{path}:2"]
    assert [e.origin for e in read_sources(io.BytesIO(b"a"), Data())] == ["stdin:1"]


def test_a_gzipped_file_is_read_through(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    assert [example.source for example in read_sources(str(path), Data())] == ["a", "b"]


class Endless:
    """A stream that never ends and counts what is taken from it."""

    def __init__(self) -> None:
        self.taken = 0

    def readline(self, size: int, /) -> bytes:
        self.taken += 1
        return b"line\n"


def test_a_line_is_answered_before_the_next_one_is_asked_for() -> None:
    stream = Endless()
    examples: Iterator[object] = read_sources(stream, Data())
    assert stream.taken == 0
    assert len(list(islice(examples, 3))) == 3
    assert stream.taken == 3


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (
            b"a\ncaf\xe9\n",
            "stdin:2: must be UTF-8, but byte 4 of the line is 0xe9. "
            "Find its encoding and convert it with iconv.",
        ),
        (
            b"a\tb\n",
            "stdin:1: expected 1 column (source), but found 2. "
            "Give the source first and its features after it, parted by tabs, and nothing else.",
        ),
        (
            b"\xff\xfea\0\n\0",
            "stdin: must be UTF-8, but is UTF-16. "
            "Convert it: iconv -f UTF-16 -t UTF-8 'stdin' > 'stdin.utf8'",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_named(content: bytes, found: str) -> None:
    with pytest.raises(UserError) as caught:
        sources(content)
    assert (
        str(caught.value).removesuffix(
            " Or set such rows aside with --skip-bad (data.skip_bad=true)."
        )
        == found
    )


def test_too_many_columns_are_named() -> None:
    with pytest.raises(UserError, match=r"^stdin:1: expected at most 2 columns \(source, then f"):
        sources(b"a\tb\tc\n", Data(features=(3,)))


def test_a_missing_file_is_found_before_any_reading() -> None:
    with pytest.raises(UserError, match="no such file"):
        read_sources("not-there.txt", Data())


def test_a_bad_line_set_aside_leaves_an_empty_source_in_its_place(tmp_path: Path) -> None:
    long = b"x" * 50
    with BadRows(tmp_path / "bad.tsv") as bad:
        found = sources(b"a\n\xff\n" + long + b"\nb\0\nc\td\ne\n", Data(max_line_bytes=9), bad)
    assert found == ["a", "", "", "", "", "e"]
    assert bad.count == 4


def test_features_left_out_are_as_an_empty_field() -> None:
    examples = read_sources(io.BytesIO(b"a\nb\tX\n"), Data(features=(3,)))
    assert [example.features for example in examples] == [(), ("X",)]
