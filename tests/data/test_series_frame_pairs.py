"""Pairs with a series on one side or on both."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqloom.data.bad_rows import BadRows
from seqloom.data.series.frame_pairs import PairRules, Side, read_frame_pairs, write_frame_pairs
from seqloom.errors import UserError

TO_TEXT = PairRules(target=Side(kind="text", name="target"))
FROM_TEXT = PairRules(source=Side(kind="text"))
TWO, THREE = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def jsonl(path: Path, *pairs: tuple[object, object]) -> str:
    lines = (json.dumps({"source": source, "target": target}) for source, target in pairs)
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


def array(values: list) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def listed(pairs) -> list[tuple[object, object]]:
    return [
        tuple(side if isinstance(side, str) else side.tolist() for side in (p.source, p.target))
        for p in pairs
    ]


def refused(rules: PairRules, *paths: str) -> str:
    with pytest.raises(UserError) as caught:
        list(read_frame_pairs(paths, rules))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_frames_beside_frames_of_any_lengths_and_widths(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", (TWO, [[7.0]]), (THREE, [[8.0], [9.0]]))
    found = list(read_frame_pairs([path], PairRules()))
    assert listed(found) == [(TWO, [[7.0]]), (THREE, [[8.0], [9.0]])]
    assert [str(pair.place) for pair in found] == [f"{path}:1", f"{path}:2"]
    assert found[0].source.dtype == np.float32


def test_frames_beside_a_text(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", (TWO, "two words"))
    assert listed(read_frame_pairs([path], TO_TEXT)) == [(TWO, "two words")]


def test_a_text_beside_frames(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", ("two words", TWO))
    assert listed(read_frame_pairs([path], FROM_TEXT)) == [("two words", TWO)]


def test_keys_may_have_other_names(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"sound": TWO, "said": "yes", "more": 1}))
    rules = PairRules(source=Side(name="sound"), target=Side(kind="text", name="said"))
    assert listed(read_frame_pairs([str(path)], rules)) == [(TWO, "yes")]


@pytest.mark.parametrize(
    ("rules", "pairs"),
    [
        (PairRules(), [(TWO, [[7.0]]), (THREE, [[8.0], [9.0]])]),
        (TO_TEXT, [(TWO, "a"), (THREE, "longer")]),
        (FROM_TEXT, [("a", TWO), ("longer", THREE)]),
    ],
)
def test_what_is_written_is_read_again(tmp_path, rules, pairs):
    path = tmp_path / "a.npz"
    given = [tuple(s if isinstance(s, str) else array(s) for s in pair) for pair in pairs]
    write_frame_pairs(path, given, ("source", "target"))
    assert listed(read_frame_pairs([str(path)], rules)) == pairs


def test_a_table_names_the_arrays_that_lie_beside_it(tmp_path):
    (tmp_path / "sounds").mkdir()
    np.save(tmp_path / "sounds" / "a.npy", array(TWO))
    np.save(tmp_path / "b.npy", array(THREE))
    (tmp_path / "a.tsv").write_text("sounds/a.npy\tyes\nb.npy\tno\n")
    rules = TO_TEXT
    assert listed(read_frame_pairs([str(tmp_path / "a.tsv")], rules)) == [
        (TWO, "yes"),
        (THREE, "no"),
    ]


def test_two_files_are_read_side_by_side(tmp_path):
    np.save(tmp_path / "a.npy", np.stack([array(TWO), array(TWO) + 1]))
    (tmp_path / "b.jsonl").write_text("[[1.0]]\n[[2.0], [3.0]]\n")
    found = listed(read_frame_pairs([f"{tmp_path / 'a.npy'},{tmp_path / 'b.jsonl'}"], PairRules()))
    assert [target for _, target in found] == [[[1.0]], [[2.0], [3.0]]]


def test_two_files_of_unlike_length_are_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text("[[1.0]]\n[[2.0]]\n")
    (tmp_path / "b.jsonl").write_text("[[1.0]]\n")
    message = refused(PairRules(), f"{tmp_path / 'a.jsonl'},{tmp_path / 'b.jsonl'}")
    assert message.startswith(f"{tmp_path / 'a.jsonl'}:2: both files must have as many series")


def test_unequal_lengths_are_refused_where_the_answer_is_frame_by_frame(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", (TWO, TWO), (TWO, THREE))
    message = refused(PairRules(same_length=True), path)
    assert message.startswith(f"{path}:2: source and target must have a frame for each other")
    assert "2 and 3 frames" in message
    assert "encoder-decoder" in message


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ([[1.0, float("nan")]], "source: frame 1, feature 2: must be a finite number"),
        ([[1.0, 2.0], [float("inf"), 2.0]], "source: frame 2, feature 1: must be a finite number"),
        ([[1.0, 2.0], [3.0]], "source: frame 2: must have 2 features like the first one"),
        ([], "source: the sequence must not be empty"),
        ([[1.0]], "source: a frame must have 2 features, but these have 1"),
        ([[1.0, 2.0]] * 5, "source: a sequence may have 4 frames, but this one has 5"),
        ("text", "source: must be an array of frames"),
    ],
)
def test_a_bad_series_is_one_line_with_its_place_or_set_aside(tmp_path, source, reason):
    path = jsonl(tmp_path / "a.jsonl", (TWO, "yes"), (source, "no"), (THREE, "yes"))
    rules = PairRules(source=Side(longest=4), target=TO_TEXT.target)
    assert refused(rules, path).startswith(f"{path}:2: {reason}")
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert listed(read_frame_pairs([path], rules, bad)) == [(TWO, "yes"), (THREE, "yes")]
    assert bad.count == 1
    assert f"{path}:2\t{reason}" in (tmp_path / "bad.tsv").read_text()


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (" ", "target: the text must not be empty"),
        (7, "target: must be a text, but is none"),
        ("abcdef", "target: a text may have 5 characters, but this one has 6"),
    ],
)
def test_a_bad_text_is_one_line_with_its_place(tmp_path, target, reason):
    path = jsonl(tmp_path / "a.jsonl", (TWO, target))
    rules = PairRules(target=Side(kind="text", name="target", longest=5))
    assert refused(rules, path).startswith(f"{path}:1: {reason}")


def test_the_width_of_the_first_file_holds_for_the_next(tmp_path):
    first = jsonl(tmp_path / "a.jsonl", (TWO, "yes"))
    second = jsonl(tmp_path / "b.jsonl", ([[1.0]], "no"))
    assert refused(TO_TEXT, first, second).startswith(f"{second}:1: source: a frame must have 2")


def test_a_missing_key_is_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"source": [[1.0]]}\n')
    assert refused(TO_TEXT, str(path)).startswith(
        f"{path}:1: must be an object with the key 'target'"
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a.npy", "expected 2 columns (source, target), but found 1"),
        ("../a.npy\tyes", "a series must be the name of a .npy file in"),
        ("a.wav\tyes", "a series must be the name of a .npy file in"),
        ("nowhere.npy\tyes", "no such file"),
    ],
)
def test_a_bad_row_of_a_table_is_one_line(tmp_path, row, reason):
    (tmp_path / "a.tsv").write_text(f"{row}\n")
    message = refused(TO_TEXT, str(tmp_path / "a.tsv"))
    assert message.startswith(f"{tmp_path / 'a.tsv'}:1: ")
    assert reason in message


def test_a_pen_is_up_or_down(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", ("a", [[1.0, 2.0, 0.5]]))
    rules = PairRules(source=Side(kind="text"), target=Side(kind="strokes", name="target"))
    assert refused(rules, path).startswith(f"{path}:1: target: point 1: the pen must be 0 or 1")


def test_a_bit_is_0_or_1_and_the_first_that_is_not_is_named(tmp_path):
    on_off = [[0.0, 1.0], [1.0, 1.0]]
    path = jsonl(tmp_path / "a.jsonl", (TWO, on_off), (TWO, [[0.0, 1.0], [0.25, 2.0]]))
    rules = PairRules(target=Side(name="target", bits=True))
    message = refused(rules, path)
    assert message.startswith(
        f"{path}:2: target: frame 2, feature 1: must be 0 or 1, but is 0.25. "
    )
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert listed(read_frame_pairs([path], rules, bad)) == [(TWO, on_off)]


def test_points_given_as_strokes_are_noticed(tmp_path):
    walk = [[10.0 + i, 20.0 + i, 0.0] for i in range(30)]
    path = jsonl(tmp_path / "a.jsonl", ("a", walk))
    rules = PairRules(source=Side(kind="text"), target=Side(kind="strokes", name="target"))
    assert "these look like points" in refused(rules, path)


def test_sides_of_an_archive_must_be_equally_many(tmp_path):
    np.savez(
        tmp_path / "a.npz",
        source_points=array(TWO), source_lengths=np.array([2]), target_texts=np.array(["a", "b"]),
    )  # fmt: skip
    assert "both sides must have as many records" in refused(TO_TEXT, str(tmp_path / "a.npz"))


def test_texts_that_are_missing_from_an_archive_are_named(tmp_path):
    np.savez(tmp_path / "a.npz", source_points=array(TWO), source_lengths=np.array([2]))
    assert "must have texts 'target_texts'" in refused(TO_TEXT, str(tmp_path / "a.npz"))


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n")
    assert "pairs must be in a file that ends in" in refused(TO_TEXT, str(tmp_path / "a.csv"))


def test_a_single_text_may_stand_without_an_array_around_it(tmp_path):
    path = tmp_path / "a.npz"
    frames = {"source_points": array(TWO), "source_lengths": np.array([len(TWO)])}
    np.savez(path, **frames, target_texts=np.array("two words"))
    assert listed(read_frame_pairs([str(path)], TO_TEXT)) == [(TWO, "two words")]


def test_an_archive_under_the_name_of_an_array_is_the_fault_of_its_row(tmp_path):
    np.savez(tmp_path / "a.npz", x=array(TWO))
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    (tmp_path / "p.tsv").write_text("a.npy\ttwo words\n")
    said = refused(TO_TEXT, str(tmp_path / "p.tsv"))
    assert said.startswith(f"{tmp_path / 'p.tsv'}:1: 'a.npy' must hold one array, ")
