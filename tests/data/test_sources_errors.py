"""Every message about bad input, word for word: file:line, rule, what was found, the way out."""

import gzip
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seqloom.config.data import Data
from seqloom.data.sources import read_pairs
from seqloom.errors import MissingExtra, UserError

ASIDE = " Or set such rows aside with --skip-bad (data.skip_bad=true)."


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are given by their bare names, so that messages are the same everywhere."""
    monkeypatch.chdir(tmp_path)


def message(name: str, content: bytes | None = None, **settings: Any) -> str:
    if content is not None:
        Path(name).write_bytes(content)
    with pytest.raises(UserError) as caught:
        list(read_pairs([name], Data(**settings)))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def parquet_message(columns: dict[str, Any], **settings: Any) -> str:
    pq.write_table(pa.table(columns), "a.parquet")
    return message("a.parquet", **settings)


# Files


def test_a_missing_file_names_its_nearest_sibling() -> None:
    Path("train.tsv").touch()
    assert message("trian.tsv") == "trian.tsv: no such file. Did you mean 'train.tsv'?"


def test_a_missing_file_is_found_before_any_reading() -> None:
    Path("a.tsv").write_text("a\tb\n")
    with pytest.raises(UserError, match=r"^b\.jsonl: no such file"):
        read_pairs(["a.tsv", "b.jsonl"], Data())


def test_a_missing_file_without_a_like_name(tmp_path: Path) -> None:
    assert message("trian.tsv") == (
        f"trian.tsv: no such file. Nothing in '{tmp_path}' has a name like it."
    )


def test_a_missing_folder_is_named() -> None:
    assert message("corpus/a.tsv") == (
        "corpus/a.tsv: no such file. There is no folder 'corpus' either."
    )


def test_a_folder_is_no_file() -> None:
    Path("corpus").mkdir()
    assert message("corpus") == (
        "corpus: must be a file, but is a folder. Name the files in it one by one."
    )


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_a_file_without_rows(name: str, content: bytes) -> None:
    assert message(name, content) == (
        f"{name}: must have at least one row, but has none. Is it the right file?"
    )


def test_a_file_with_a_header_only() -> None:
    assert message("a.tsv", b"x\ty\n", header=True) == (
        "a.tsv: must have at least one row, but has none. Is it the right file?"
    )


def test_an_empty_file_where_a_header_is_expected() -> None:
    assert message("a.tsv", b"", header=True) == (
        "a.tsv: must open with a line of column names, but is empty."
    )


def test_a_header_that_cannot_be_read() -> None:
    assert message("a.tsv", b"x\xff\n", header=True) == (
        "a.tsv:1: must be UTF-8, but byte 2 of the line is 0xff. "
        "Find its encoding and convert it with iconv."
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_named(encoding: str) -> None:
    assert message("a.tsv", "\ufeffa\tb\n".encode(encoding)) == (
        "a.tsv: must be UTF-8, but is UTF-16. "
        "Convert it: iconv -f UTF-16 -t UTF-8 'a.tsv' > 'a.tsv.utf8'"
    )


def test_gzip_that_ends_too_early() -> None:
    whole = gzip.compress(b"".join(b"%d\t%d\n" % (i * i, i**5) for i in range(3)))
    assert message("a.tsv.gz", whole[:-9]) == (
        "a.tsv.gz:4: the gzip data ends too early. Copy or download the file again."
    )


def test_gzip_that_is_damaged() -> None:
    whole = bytearray(gzip.compress(b"a\tb\n"))
    whole[-8] ^= 1
    found = message("a.tsv.gz", bytes(whole))
    assert found.startswith("a.tsv.gz:2: the gzip data is damaged (CRC check failed")
    assert found.endswith(". Copy or download the file again.")


def test_a_name_that_says_gzip_falsely() -> None:
    assert message("a.tsv.gz", b"a\tb\n") == (
        "a.tsv.gz: must be gzip, as the name says, but opens with 0x61 0x09. "
        "Compress it with gzip, or take the .gz off its name."
    )


# Lines


def test_bytes_that_are_not_utf8() -> None:
    assert message("a.tsv", b"a\tb\ncaf\xe9\tb\n") == (
        "a.tsv:2: must be UTF-8, but byte 4 of the line is 0xe9. "
        "Find its encoding and convert it with iconv." + ASIDE
    )


def test_a_binary_file() -> None:
    assert message("model.bin", b"\x7fELF\0\0") == (
        "model.bin:1: must be text, but byte 5 of the line is 0x00. "
        "Is this the right file, and is it UTF-8?" + ASIDE
    )


def test_a_line_of_one_megabyte() -> None:
    assert message("a.tsv", b"a\tb\n" + b"x" * 1_000_000 + b"\r\n") == (
        "a.tsv:2: a line may have 100000 bytes, but this one has 1000000. "
        "Split it, or raise data.max_line_bytes when training." + ASIDE
    )


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_limit_on_lines_counts_neither_mark_nor_end(mark: bytes, end: bytes) -> None:
    Path("a.tsv").write_bytes(mark + b"abc\tdef" + end)
    assert len(list(read_pairs(["a.tsv"], Data(max_line_bytes=7)))) == 1
    assert "may have 6 bytes, but this one has 7" in message("a.tsv", max_line_bytes=6)


def test_a_long_line_is_never_read_whole() -> None:
    Path("a.tsv").write_bytes(b"x" * 20_000_000)
    tracemalloc.start()
    found = message("a.tsv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "but this one has 20000000." in found
    assert peak < 1_000_000


# Tables


def test_too_many_columns() -> None:
    assert message("train.tsv", b"a\tb\n" * 1041 + b"a\tb\tc\n") == (
        "train.tsv:1042: expected 2 columns (source, target), but found 3. "
        "Choose columns with data.source=... and data.target=..., by name if there is a header, "
        "or cut the others off." + ASIDE
    )


def test_too_few_columns() -> None:
    assert message("a.tsv", b"a b\n") == (
        "a.tsv:1: expected 2 columns (source, target), but found 1. "
        "Is the separator right? Columns of .csv are parted by commas, all others by tabs." + ASIDE
    )


def test_fewer_columns_than_the_highest_number_asked_for() -> None:
    found = message("a.tsv", b"a\tb\tc\n", features=(4,))
    assert found.startswith("a.tsv:1: expected at least 4 columns, but found 3. ")


def test_another_number_of_columns_than_in_the_first_row() -> None:
    found = message("a.tsv", b"a\tb\tV\nc\td\n", features="rest")
    assert found.startswith("a.tsv:2: expected 3 columns as in the first row, but found 2. ")


def test_fewer_columns_than_the_header() -> None:
    found = message("a.tsv", b"x\ty\tz\na\tb\n", source="x", target="y")
    assert found.startswith("a.tsv:2: expected 3 columns as in the header, but found 2. ")


@pytest.mark.parametrize("name", ["a.tsv", "a.csv"])
def test_an_empty_line(name: str) -> None:
    gap = {"a.tsv": b"\t", "a.csv": b","}[name]
    assert message(name, b"a" + gap + b"b\n\n") == (
        f"{name}:2: expected 2 columns (source, target), but the line is empty. Mend the row."
        + ASIDE
    )


def test_a_name_that_the_header_lacks() -> None:
    assert message("a.tsv", b"word\tipa\n", source="wrod", target="ipa") == (
        "a.tsv:1: data.source='wrod' is not among the columns. "
        "Did you mean 'word'? Choose from: ipa, word."
    )


def test_a_number_that_the_header_lacks() -> None:
    assert message("a.tsv", b"word\tipa\n", source="word", target=3) == (
        "a.tsv:1: data.target=3 asks for column 3, but the last one is 2 (word, ipa). "
        "Choose one of these, by number or by name."
    )


def test_a_name_that_the_header_has_twice() -> None:
    assert message("a.tsv", b"x\tx\ty\n", source="x", target="y") == (
        "a.tsv:1: data.source='x' asks for one column, but 2 have that name. "
        "Give the number of the one you mean."
    )


def test_a_name_where_there_is_no_header() -> None:
    assert message("a.tsv", b"a\tb\n", source="word", header=False) == (
        "a.tsv: data.source='word' asks for a column by name, but data.header=false says that the "
        "file has no names. Give the column's number, or leave data.header out."
    )


@pytest.mark.parametrize(
    ("content", "side"), [(b"\tb\n", "source"), (b"  \tb\n", "source"), (b"a\t\n", "target")]
)
def test_an_empty_side(content: bytes, side: str) -> None:
    assert message("a.tsv", content) == (
        f"a.tsv:1: the {side} must not be empty, but is. Fill it in or delete the row." + ASIDE
    )


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.tsv", b"id\tx\ty\n7\ta\tb\n8\ta\tb\n7\tc\td\n", 2),
        ("a.csv", b"id,x,y\n7,a,b\n8,a,b\n7,c,d\n", 2),
        ("a.jsonl", b"".join(b'{"id": %d, "x": "a", "y": "b"}\n' % i for i in (7, 8, 7)), 1),
    ],
)
def test_an_id_that_occurs_twice(name: str, content: bytes, line: int) -> None:
    assert message(name, content, source="x", target="y") == (
        f"{name}:{line + 2}: an id may occur once in a file, but '7' is in line {line} too. "
        "Give the row another id, or rename the column if it is no id." + ASIDE
    )


# CSV


def test_a_quote_that_is_never_closed() -> None:
    assert message("a.csv", b'a,b\n"c,d\ne,f\n') == (
        "a.csv:2: a quoted field must be closed, but the one that opens here is not. "
        'Close it, and write a quote inside a quoted field twice ("").' + ASIDE
    )


def test_a_quote_in_the_middle_of_a_field() -> None:
    assert message("a.csv", b'"a" b,c\n') == (
        "a.csv:1: must be valid CSV, but is not (',' expected after '\"'). "
        'Quote the whole field and write a quote inside it twice ("").' + ASIDE
    )


def test_a_bad_line_inside_a_quoted_field() -> None:
    assert message("a.csv", b'"a\nb\xff",c\n').startswith("a.csv:2: must be UTF-8, but byte 2 ")


# JSONL


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'{"a" 1', "must be valid JSON, but is not (Expecting ':' delimiter at character 6)."),
        (b"[" * 50_000, "must be JSON of a usable size, but is not ("),
        (b"\n", "expected a JSON object, but the line is empty."),
        (b'["a", "b"]', "expected a JSON object, but found a list."),
        (b'{"source": "a", "target": 3}', "'target' must be a string, but is the number 3."),
        (b'{"source": "a", "target": null}', "'target' must be a string, but is null."),
        (b'{"source": "a", "target": true}', "'target' must be a string, but is true."),
        (b'{"source": ["a"], "target": "b"}', "'source' must be a string, but is a list."),
        (b'{"source": {}, "target": "b"}', "'source' must be a string, but is an object."),
        (
            rb'{"source": "a\ud83d", "target": "b"}',
            "'source' must be Unicode text, but holds half a surrogate pair at character 2.",
        ),
        (b'{"a": "x"}', "data.target=2 asks for column 2, but the last one is 1 (a)."),
    ],
)  # fmt: skip
def test_json_that_is_no_pair(content: bytes, found: str) -> None:
    text = message("a.jsonl", content)
    assert text.startswith(f"a.jsonl:1: {found}")
    assert text.endswith("Mend the row." + ASIDE)


def test_a_json_key_that_is_missing() -> None:
    found = message("a.jsonl", b'{"word": "a", "ipa": "b"}\n{"word": "a", "lpa": "b"}',
                    source="word", target="ipa")  # fmt: skip
    assert found == (
        "a.jsonl:2: data.target='ipa' is not among the columns. Did you mean 'lpa'? "
        "Choose from: lpa, word. Mend the row." + ASIDE
    )


def test_numbers_that_lead_to_the_same_key() -> None:
    found = message("a.jsonl", b'{"id": "1", "source": "a", "de": "b"}')
    assert found.startswith(
        "a.jsonl:1: data.source=1 and data.target=2 both lead to 'source'. "
        "Name the columns: data.source=NAME data.target=NAME, out of id, source, de."
    )


# Parquet


def test_a_parquet_column_that_is_missing() -> None:
    assert parquet_message({"word": ["a"], "ipa": ["b"]}, source="wrod", target="ipa") == (
        "a.parquet: data.source='wrod' is not among the columns. "
        "Did you mean 'word'? Choose from: ipa, word."
    )


def test_a_parquet_column_that_is_not_text() -> None:
    assert parquet_message({"source": ["a"], "target": [3]}) == (
        "a.parquet: column 'target' must hold strings, but holds int64. "
        "Choose another column, or write it as strings."
    )


def test_a_parquet_value_that_is_null() -> None:
    assert parquet_message({"source": ["a", "c"], "target": ["b", None]}) == (
        "a.parquet:2: 'target' must be a string, but is null. Mend the row." + ASIDE
    )


def test_a_parquet_value_that_is_not_utf8() -> None:
    bad = pa.array([b"x\xff"], pa.binary())
    assert parquet_message({"source": bad, "target": ["b"]}).startswith(
        "a.parquet:1: 'source' must be UTF-8, but byte 2 of the value is 0xff."
    )


def test_a_parquet_value_that_is_too_long() -> None:
    found = parquet_message({"source": ["abcde"], "target": ["b"]}, max_line_bytes=4)
    assert found.startswith("a.parquet:1: 'source' may have 4 bytes, but has 5.")


def test_a_parquet_id_that_occurs_twice() -> None:
    found = parquet_message({"source": ["a", "c"], "target": ["b", "d"], "id": [7, 7]})
    assert found.startswith("a.parquet:2: an id may occur once in a file, but '7' is in line 1 too")


def test_a_parquet_file_that_is_none() -> None:
    found = message("a.parquet", b"word\tipa\n" * 3)
    assert found.startswith("a.parquet: must be a Parquet file, but cannot be read as one (")
    assert found.endswith("If it is another format, say which with data.format.")


def test_parquet_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra) as caught:
        list(read_pairs(["a.parquet"], Data()))
    assert str(caught.value) == (
        "Reading Parquet needs packages that are not installed: pip install 'seqloom[train]'"
    )


# Parallel files


@pytest.mark.parametrize(
    ("source", "target", "counts"), [(2, 5, "2 and 5"), (5, 2, "5 and 2"), (2, 3, "2 and 3")]
)
def test_parallel_files_of_unequal_length(source: int, target: int, counts: str) -> None:
    Path("a.de").write_text("x\n" * source)
    Path("a.en").write_text("y\n" * target)
    assert message("a.de,a.en") == (
        f"a.de,a.en: parallel files must have as many lines each, but have {counts}. "
        "Line i of both must belong together."
    )


@pytest.mark.parametrize("name", ["a.de", "a,b,c", "a.de,"])
def test_parallel_files_are_two(name: str) -> None:
    assert message(name, format="parallel") == (
        f"{name}: parallel files are given as 'SOURCE,TARGET', two paths and one comma."
    )


def test_parallel_files_have_no_features() -> None:
    Path("a.de").write_text("x\n")
    assert message("a.de,a.de", features=(3,)) == (
        "a.de,a.de: parallel files have no columns, but data.features asks for some. "
        "Use TSV or JSONL for features."
    )


def test_a_fault_on_the_target_side_names_the_target_file() -> None:
    Path("a.de").write_text("x\nx\n")
    Path("a.en").write_bytes(b"y\n\xff\n")
    assert message("a.de,a.en").startswith("a.en:2: must be UTF-8, but byte 1 ")
