"""Every format gives the same pairs, in order and one at a time."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seqloom.config.data import Data
from seqloom.data.example import Example
from seqloom.data.sources import read_pairs

PAIRS = [("cat", "k æ t"), ("고양이", "ɡ o j a ŋ i"), ("cat", "k æ t"), ('a "b"', "c, d")]


def values(examples: list[Example]) -> list[tuple[str, str | None]]:
    return [(example.source, example.target) for example in examples]


def read(*paths: Path | str, data: Data | None = None, need_target: bool = True) -> list[Example]:
    given = [str(path) for path in paths]
    return list(read_pairs(given, data or Data(), need_target=need_target))


def written(path: Path, content: str) -> Path:
    path.write_bytes(content.encode())
    return path


def write_tsv(folder: Path) -> str:
    lines = "".join(f"{source}\t{target}\n" for source, target in PAIRS)
    return str(written(folder / "pairs.tsv", lines))


def write_csv(folder: Path) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = "".join(f"{quoted(source)},{quoted(target)}\n" for source, target in PAIRS)
    return str(written(folder / "pairs.csv", lines))


def write_jsonl(folder: Path) -> str:
    rows = [json.dumps({"source": source, "target": target}) for source, target in PAIRS]
    return str(written(folder / "pairs.jsonl", "\n".join(rows)))


def write_parallel(folder: Path) -> str:
    written(folder / "pairs.a", "".join(f"{source}\n" for source, _ in PAIRS))
    written(folder / "pairs.b", "".join(f"{target}\n" for _, target in PAIRS))
    return f"{folder / 'pairs.a'},{folder / 'pairs.b'}"


def write_parquet(folder: Path) -> str:
    path = folder / "pairs.parquet"
    columns = {"source": [s for s, _ in PAIRS], "target": [t for _, t in PAIRS]}
    pq.write_table(pa.table(columns), path)
    return str(path)


TEXT = [write_tsv, write_csv, write_jsonl, write_parallel]
Writer = Callable[[Path], str]


@pytest.mark.parametrize("write", [*TEXT, write_parquet])
def test_every_format_gives_back_what_was_written_with_duplicates(
    tmp_path: Path, write: Writer
) -> None:
    assert values(read(write(tmp_path))) == PAIRS


@pytest.mark.parametrize("write", TEXT)
def test_every_text_format_may_be_gzipped(tmp_path: Path, write: Writer) -> None:
    packed: list[str] = []
    for path in map(Path, write(tmp_path).split(",")):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        packed.append(f"{path}.gz")
    assert values(read(",".join(packed))) == PAIRS


def test_gzip_is_known_by_its_bytes_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(gzip.compress(b"a\tb\n"))
    assert values(read(path)) == [("a", "b")]


@pytest.mark.parametrize("write", [*TEXT, write_parquet])
def test_every_row_knows_its_line(tmp_path: Path, write: Writer) -> None:
    entry = write(tmp_path)
    first = entry.split(",")[0]
    assert [row.origin for row in read(entry)] == [f"{first}:{i}" for i in (1, 2, 3, 4)]


def test_files_follow_one_another(tmp_path: Path) -> None:
    one = written(tmp_path / "1.tsv", "a\tb\n")
    two = written(tmp_path / "2.jsonl", '{"source": "c", "target": "d"}')
    assert values(read(two, one)) == [("c", "d"), ("a", "b")]


def test_a_mark_and_windows_line_ends_leave_no_trace(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "\ufeffa\tb\r\nc\td\r\n")
    assert values(read(path)) == [("a", "b"), ("c", "d")]


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert values(read(written(tmp_path / "a.tsv", "a\tb\nc\td"))) == [("a", "b"), ("c", "d")]


def test_a_format_that_is_asked_for_outweighs_the_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "a,b\n")
    assert values(read(path, data=Data(format="csv"))) == [("a", "b")]


def test_a_comma_in_the_name_of_a_file_that_exists_does_not_make_it_two(tmp_path: Path) -> None:
    assert values(read(written(tmp_path / "a,b.tsv", "a\tb\n"))) == [("a", "b")]


def test_a_quoted_line_end_belongs_to_its_field_and_the_row_to_its_first_line(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "a.csv", '"a\nb",c\nd,e\n')
    rows = read(path)
    assert values(rows) == [("a\nb", "c"), ("d", "e")]
    assert [row.origin for row in rows] == [f"{path}:1", f"{path}:3"]


@pytest.mark.parametrize("suffix", ["tsv", "csv"])
def test_columns_go_by_name_if_there_is_a_header(tmp_path: Path, suffix: str) -> None:
    gap = {"tsv": "\t", "csv": ","}[suffix]
    rows = [["ipa", "note", "word"], ["k æ t", "x", "cat"]]
    path = written(tmp_path / f"a.{suffix}", "".join(gap.join(row) + "\n" for row in rows))
    assert values(read(path, data=Data(source="word", target="ipa"))) == [("cat", "k æ t")]


def test_columns_go_by_number_too(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "x\ttarget\tsource\n")
    assert values(read(path, data=Data(source=3, target=2))) == [("source", "target")]


def test_a_header_is_skipped_when_columns_go_by_number(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "word\tipa\na\tb\n")
    assert values(read(path, data=Data(header=True))) == [("a", "b")]


def test_features_are_cut_at_semicolons_and_joined_in_the_order_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "run\tran\tV; PST\ten\n")
    data = Data(features=(4, 3))
    assert read(path, data=data)[0].features == ("en", "V", "PST")


@pytest.mark.parametrize(
    ("line", "features"),
    [("run\tran\n", ()), ("run\tran\tV;PST\n", ("V", "PST")), ("run\tran\tV\ten\n", ("V", "en"))],
)
def test_the_rest_of_a_row_is_its_features_as_many_as_there_are(
    tmp_path: Path, line: str, features: tuple[str, ...]
) -> None:
    path = written(tmp_path / "a.tsv", 2 * line)
    assert [e.features for e in read(path, data=Data(features="rest"))] == [features] * 2


def test_the_rest_is_what_is_neither_source_nor_target_nor_id(tmp_path: Path) -> None:
    row = {"id": "7", "lang": "en", "word": "run", "tags": "V;PST", "past": "ran"}
    data = Data(source="word", target="past", features="rest")
    table = written(tmp_path / "a.tsv", "\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    lines = written(tmp_path / "a.jsonl", json.dumps(row))
    parquet = tmp_path / "a.parquet"
    pq.write_table(pa.table({key: [value] for key, value in row.items()}), parquet)
    for path in (table, lines, parquet):
        [example] = read(path, data=data)
        assert (example.source, example.target) == ("run", "ran")
        assert example.features == ("en", "V", "PST")


def test_parallel_files_have_no_rest(tmp_path: Path) -> None:
    assert values(read(write_parallel(tmp_path), data=Data(features="rest", format="parallel")))


def test_json_and_parquet_keys_go_by_name(tmp_path: Path) -> None:
    row = {"n": 1, "ipa": "k æ t", "word": "cat", "lang": "en"}
    json_path = written(tmp_path / "a.jsonl", json.dumps(row))
    parquet = tmp_path / "a.parquet"
    pq.write_table(pa.table({key: [value] for key, value in row.items()}), parquet)
    data = Data(source="word", target="ipa", features=("lang",))
    for example in read(json_path, parquet, data=data):
        assert (example.source, example.target, example.features) == ("cat", "k æ t", ("en",))


def test_without_names_the_first_two_json_keys_are_taken_in_every_row(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"x": "a", "y": "b"}\n{"y": "d", "x": "c"}\n')
    assert values(read(path)) == [("a", "b"), ("c", "d")]


def test_keys_named_source_and_target_outweigh_their_order(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"id": 7, "target": "b", "source": "a"}\n')
    assert values(read(path)) == [("a", "b")]


def test_a_parquet_dictionary_column_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    words = pa.array(["a", "b", "a"]).dictionary_encode()
    pq.write_table(pa.table({"source": words, "target": ["x", "y", "z"]}), path)
    assert values(read(path)) == [("a", "x"), ("b", "y"), ("a", "z")]


@pytest.mark.parametrize("content", ["a\nb\n", "a\tx\nb\t\n"])
def test_a_target_that_is_not_needed_may_be_missing(tmp_path: Path, content: str) -> None:
    path = written(tmp_path / "a.tsv", content)
    assert [row.source for row in read(path, need_target=False)] == ["a", "b"]
    assert read(path, need_target=False)[1].target is None


def test_a_target_that_is_not_needed_may_be_missing_in_every_format(tmp_path: Path) -> None:
    parquet = tmp_path / "a.parquet"
    pq.write_table(pa.table({"source": ["a"]}), parquet)
    jsonl = written(tmp_path / "a.jsonl", '{"source": "a"}')
    csv = written(tmp_path / "a.csv", "a\n")
    assert values(read(parquet, jsonl, csv, need_target=False)) == [("a", None)] * 3
    data = Data(format="parallel")
    assert values(read(csv, data=data, need_target=False)) == [("a", None)]


def test_the_same_id_may_occur_in_two_files(tmp_path: Path) -> None:
    one = written(tmp_path / "1.jsonl", '{"id": 1, "source": "a", "target": "b"}')
    two = written(tmp_path / "2.jsonl", '{"id": 1, "source": "c", "target": "d"}')
    assert len(read(one, two)) == 2


def test_many_ids_are_told_apart(tmp_path: Path) -> None:
    lines = "".join(f"{i}\ta\tb\n" for i in range(5000))
    path = written(tmp_path / "a.tsv", "id\tx\ty\n" + lines)
    assert len(read(path, data=Data(source="x", target="y"))) == 5000


@pytest.mark.parametrize("suffix", ["tsv", "csv", "jsonl"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    word = "x" * 2000
    row = {
        "tsv": f"{word}\t{word}\n",
        "csv": f'"{word}",{word}\n',
        "jsonl": f'{{"source": "{word}", "target": "{word}"}}\n',
    }[suffix]
    path = written(tmp_path / f"big.{suffix}", row * 5000)
    assert path.stat().st_size > 20_000_000
    tracemalloc.start()
    count = sum(1 for _ in read_pairs([str(path)], Data()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5000
    assert peak < 1_000_000


def test_rows_beyond_those_asked_for_are_never_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\tb\n" * 3 + "this row is bad\n")
    assert len(list(islice(read_pairs([str(path)], Data()), 3))) == 3
