import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.data.corpus import Corpus
from seqloom.errors import UserError

TOY = [([4, 5, 3], [6, 3]), ([7, 3], [8, 9, 10, 3]), ([], [3])]
FILES = ["source.ids", "source.offsets", "target.ids", "target.offsets", "corpus.json"]

sequences = st.lists(st.integers(0, 10), max_size=12)


def contents(corpus: Corpus) -> list[tuple[list[int], list[int]]]:
    return [(s.tolist(), t.tolist()) for s, t in map(corpus.pair, range(len(corpus)))]


@given(pairs=st.lists(st.tuples(sequences, sequences), max_size=30))
def test_what_is_written_is_read_back_whole_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[list[int], list[int]]]
):
    folder = tmp_path_factory.mktemp("corpus")
    assert contents(Corpus.write(folder, pairs, 11, 11)) == pairs
    assert contents(Corpus.open(folder)) == pairs


def test_lengths_are_those_of_the_pairs_asked_for(tmp_path: Path):
    corpus = Corpus.write(tmp_path, TOY, 11, 11)
    assert corpus.source_lengths(0, 3).tolist() == [3, 2, 0]
    assert corpus.target_lengths(1, 3).tolist() == [4, 1]
    assert corpus.target_lengths(2, 2).tolist() == []


def test_a_corpus_longer_than_the_write_buffer_keeps_every_id(tmp_path: Path):
    long = list(range(50_000))
    corpus = Corpus.write(tmp_path, [(long, long[::-1]), ([1], [2]), (long, long)], 50_000, 50_000)
    assert contents(corpus) == [(long, long[::-1]), ([1], [2]), (long, long)]


@pytest.mark.parametrize(("vocabulary", "width"), [(65_535, 2), (65_536, 2), (65_537, 4)])
def test_an_id_takes_two_bytes_until_the_vocabulary_outgrows_them(
    tmp_path: Path, vocabulary: int, width: int
):
    corpus = Corpus.write(tmp_path, [([vocabulary - 1], [0])], vocabulary, 10)
    assert corpus.pair(0)[0].tolist() == [vocabulary - 1]
    assert (tmp_path / "source.ids").stat().st_size == width
    assert (tmp_path / "target.ids").stat().st_size == 2


def test_the_size_on_disk_is_told(tmp_path: Path):
    corpus = Corpus.write(tmp_path, TOY, 11, 11)
    # 5 + 7 ids of 2 bytes, 4 + 4 offsets of 8 bytes
    assert corpus.num_tokens == 12
    assert corpus.num_bytes == 12 * 2 + 8 * 8
    assert corpus.num_bytes == sum((tmp_path / name).stat().st_size for name in FILES[:-1])


def test_an_empty_corpus_has_no_pairs(tmp_path: Path):
    corpus = Corpus.write(tmp_path, [], 11, 11)
    assert len(corpus) == 0
    assert corpus.source_lengths(0, 0).tolist() == []
    assert len(Corpus.open(tmp_path)) == 0


def test_what_is_read_cannot_be_changed(tmp_path: Path):
    source, _ = Corpus.write(tmp_path, TOY, 11, 11).pair(0)
    with pytest.raises(ValueError, match="read-only"):
        source[0] = 9


@pytest.mark.parametrize("bad", [-1, 11])
def test_an_id_outside_the_vocabulary_is_our_own_mistake(tmp_path: Path, bad: int):
    with pytest.raises(AssertionError, match=f"id {bad} is not in a vocabulary of 11"):
        Corpus.write(tmp_path, [([bad], [3])], 11, 11)


def test_writing_and_opening_hold_a_buffer_and_not_the_corpus(tmp_path: Path):
    sequence = list(range(100))
    tracemalloc.start()
    corpus = Corpus.write(tmp_path, ((sequence, sequence) for _ in range(40_000)), 100, 100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert corpus.num_bytes > 16_000_000
    assert peak < 4_000_000


def failing() -> Iterator[tuple[list[int], list[int]]]:
    yield [4, 3], [5, 3]
    raise KeyboardInterrupt


def test_an_interrupted_write_leaves_nothing_that_looks_like_a_corpus(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt):
        Corpus.write(tmp_path, failing(), 11, 11)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_the_old_corpus_whole(tmp_path: Path):
    Corpus.write(tmp_path, TOY, 11, 11)
    with pytest.raises(KeyboardInterrupt):
        Corpus.write(tmp_path, failing(), 11, 11)
    assert contents(Corpus.open(tmp_path)) == TOY


def test_a_new_corpus_takes_the_place_of_an_old_one_still_in_use(tmp_path: Path):
    old = Corpus.write(tmp_path, TOY, 11, 11)
    new = Corpus.write(tmp_path, TOY[:1], 11, 11)
    assert contents(old) == TOY
    assert contents(new) == TOY[:1]


def test_a_crash_between_the_new_names_leaves_a_folder_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    Corpus.write(tmp_path, TOY, 11, 11)
    replace = Path.replace

    def crash_at_the_last_data_file(self: Path, target: Path) -> Path:
        if target.name == "target.offsets":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", crash_at_the_last_data_file)
    with pytest.raises(KeyboardInterrupt):
        Corpus.write(tmp_path, TOY[:1], 11, 11)
    with pytest.raises(UserError, match=r"has no corpus\.json"):
        Corpus.open(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_corpus_with_a_missing_file_is_refused(tmp_path: Path, name: str):
    Corpus.write(tmp_path, TOY, 11, 11)
    (tmp_path / name).unlink()
    with pytest.raises(UserError, match=r"must be whole.*cut short\. Delete the folder"):
        Corpus.open(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_corpus_with_a_file_cut_short_is_refused(tmp_path: Path, name: str):
    Corpus.write(tmp_path, TOY, 11, 11)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-2])
    with pytest.raises(UserError, match=r"must be whole.*cut short\. Delete the folder"):
        Corpus.open(tmp_path)


def test_a_folder_that_is_not_there_is_refused_by_name(tmp_path: Path):
    with pytest.raises(UserError, match=r"nowhere: an encoded corpus must be whole"):
        Corpus.open(tmp_path / "nowhere")


def test_a_corpus_of_another_format_is_named_as_such(tmp_path: Path):
    Corpus.write(tmp_path, TOY, 11, 11)
    summary = json.loads((tmp_path / "corpus.json").read_text())
    (tmp_path / "corpus.json").write_text(json.dumps({**summary, "format": 7}))
    with pytest.raises(UserError, match=r"but it has format 7\. Delete the folder"):
        Corpus.open(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("name", FILES)
def test_a_full_disk_is_one_line_with_the_path_and_leaves_no_part_behind(tmp_path: Path, name: str):
    (tmp_path / f"{name}.part").symlink_to("/dev/full")
    with pytest.raises(UserError) as caught:
        Corpus.write(tmp_path, TOY, 11, 11)
    assert str(caught.value) == (
        f"{tmp_path}: the disk is full, so the encoded corpus could not be written. "
        "Free some space or choose a folder on another disk."
    )
    assert list(tmp_path.iterdir()) == []


def test_another_failure_of_the_disk_is_not_called_a_full_one(tmp_path: Path):
    (tmp_path / "target.ids.part").mkdir()
    with pytest.raises(IsADirectoryError):
        Corpus.write(tmp_path, TOY, 11, 11)


def test_arrays_are_written_like_lists(tmp_path: Path):
    pairs = [(np.array(source, np.int64), np.array(target, np.int64)) for source, target in TOY]
    assert contents(Corpus.write(tmp_path, pairs, 11, 11)) == TOY
