"""Bad rows are set aside with the reason; nothing vanishes silently."""

import random
from pathlib import Path

import pytest

from seqloom.config.data import Data
from seqloom.data.bad_rows import BadRows
from seqloom.data.sources import read_pairs
from seqloom.errors import UserError

GOOD = b"a\tb\n"
BAD = {
    b"caf\xe9\tb\n": "must be UTF-8, but byte 4 of the line is 0xe9.\tcaf\\xe9\\tb",
    b"\tb\n": "the source must not be empty, but is.\t\\tb",
    b"a\n": "expected 2 columns (source, target), but found 1.\ta",
    b"\n": "expected 2 columns (source, target), but the line is empty.\t",
}


def read(path: Path, bad: BadRows) -> list[str]:
    return [example.origin for example in read_pairs([str(path)], Data(), bad=bad)]


def test_good_and_bad_rows_together_are_all_rows(tmp_path: Path) -> None:
    path, side = tmp_path / "a.tsv", tmp_path / "bad.tsv"
    rows = [GOOD] * 20 + list(BAD)
    random.Random(1).shuffle(rows)
    path.write_bytes(b"".join(rows))
    with BadRows(side) as bad:
        kept = read(path, bad)
    places = dict(enumerate(rows, start=1))
    assert kept == [f"{path}:{number}" for number, row in places.items() if row == GOOD]
    assert side.read_text().splitlines() == [
        f"{path}:{number}\t{BAD[row]}" for number, row in places.items() if row != GOOD
    ]
    assert bad.count == 4


def test_the_side_file_exists_only_if_a_row_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(GOOD)
    with BadRows(tmp_path / "bad.tsv") as bad:
        read(path, bad)
    assert bad.count == 0
    assert not bad.path.exists()


def test_a_bad_row_is_on_disk_before_the_next_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"a\n" + GOOD + GOOD)
    with BadRows(tmp_path / "bad.tsv") as bad:
        next(read_pairs([str(path)], Data(), bad=bad))
        assert bad.path.read_text().startswith(f"{path}:1\t")


def test_a_second_reading_counts_no_row_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"a\n" + GOOD)
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert read(path, bad) == read(path, bad)
    assert bad.count == 1
    assert len(bad.path.read_text().splitlines()) == 1


def test_content_is_cut_to_a_thousand_characters_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"x" * 5000 + b"\n" + GOOD)
    with BadRows(tmp_path / "bad.tsv") as bad:
        read(path, bad)
    assert bad.path.read_text().rstrip("\n").split("\t")[2] == "x" * 1000 + "… [cut]"


def test_a_file_whose_rows_are_all_bad_is_refused(tmp_path: Path) -> None:
    path, side = tmp_path / "a.tsv", tmp_path / "bad.tsv"
    path.write_bytes(b"a\nb\n")
    with BadRows(side) as bad, pytest.raises(UserError) as caught:
        read(path, bad)
    assert str(caught.value) == (
        f"{path}: none of its 2 rows can be used. The reasons are in {side}; is data.format right?"
    )


def test_a_side_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"a\n" + GOOD)
    with BadRows(tmp_path / "no" / "bad.tsv") as bad, pytest.raises(UserError) as caught:
        read(path, bad)
    assert str(caught.value) == (
        f"{bad.path}: bad rows cannot be written there: No such file or directory."
    )


def test_a_stray_quote_costs_one_row_and_not_the_rest_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n"c,d\ne,f\ng,"h\ni"\n')
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert read(path, bad) == [f"{path}:{number}" for number in (1, 3, 4)]
    assert bad.path.read_text().startswith(f"{path}:2\ta quoted field must be closed")


def test_a_quote_closed_beyond_the_limit_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'"a,b\n' + b"c,d\n" * 10 + b'e",f\n')
    with BadRows(tmp_path / "bad.tsv") as bad:
        kept = list(read_pairs([str(path)], Data(max_line_bytes=9), bad=bad))
    assert [example.origin for example in kept] == [f"{path}:{i}" for i in range(2, 13)]
    assert bad.count == 1


def test_parallel_files_stay_aligned_around_a_bad_line(tmp_path: Path) -> None:
    (tmp_path / "a.de").write_bytes(b"1\n2\n3\n4\n")
    (tmp_path / "a.en").write_bytes(b"one\n\xff\n\nfour\n")
    with BadRows(tmp_path / "bad.tsv") as bad:
        pairs = list(read_pairs([f"{tmp_path / 'a.de'},{tmp_path / 'a.en'}"], Data(), bad=bad))
    assert [(pair.source, pair.target) for pair in pairs] == [("1", "one"), ("4", "four")]
    assert bad.count == 2


def test_json_keys_are_learnt_from_the_first_usable_object(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('nonsense\n{"x": "a", "y": "b"}\n{"z": "a"}\n')
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert read(path, bad) == [f"{path}:2"]
    assert bad.count == 2


def test_a_bad_parquet_value_spoils_its_own_row_only(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    words = pa.array([b"a", b"\xff", b"c"], pa.binary())
    pq.write_table(pa.table({"source": words, "target": ["x", "y", "z"]}), path)
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert read(path, bad) == [f"{path}:1", f"{path}:3"]
