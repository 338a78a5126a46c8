"""Frames from files: what is read, and one line for each thing that is wrong."""

import json
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from seqloom.data.bad_rows import BadRows
from seqloom.data.series.frames import Limits, read_frames
from seqloom.errors import UserError

LIMITS = Limits(longest=4)


def values(path: Path, limits: Limits = LIMITS, **chosen: str) -> list[list[list[float]]]:
    return [frames.values.tolist() for frames in read_frames(str(path), limits, **chosen)]


def written(path: Path, *rows: str) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def message(path: Path, **chosen: str) -> str:
    with pytest.raises(UserError) as error:
        values(path, **chosen)
    return str(error.value)


def test_jsonl_has_a_sequence_in_each_line(tmp_path):
    path = written(tmp_path / "a.jsonl", "[[1, 2], [3, 4.5]]", "[[5, 6]]")
    assert values(path) == [[[1, 2], [3, 4.5]], [[5, 6]]]


def test_plain_numbers_are_frames_of_one_feature(tmp_path):
    assert values(written(tmp_path / "a.jsonl", "[1, 2.5]")) == [[[1], [2.5]]]


def test_a_key_finds_the_array_in_an_object(tmp_path):
    path = written(tmp_path / "a.jsonl", '{"text": "hm", "pen": [[1, 2]]}')
    assert values(path, key="pen") == [[[1, 2]]]


def test_places_are_lines(tmp_path):
    path = written(tmp_path / "a.jsonl", "[1]", "[2]")
    assert [str(each.place) for each in read_frames(str(path), LIMITS)] == [
        f"{path}:1",
        f"{path}:2",
    ]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ([1, 2], [[[1], [2]]]),
        ([[1, 2], [3, 4]], [[[1, 2], [3, 4]]]),
        ([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
    ],
    ids=["[T]", "[T, F]", "[N, T, F]"],
)
def test_npy_by_its_dimensions(tmp_path, array, expected):
    np.save(tmp_path / "a.npy", np.array(array, dtype=np.int16))
    assert values(tmp_path / "a.npy") == expected


def test_npz_cut_by_lengths(tmp_path):
    points = np.array([[1, 2, 0], [3, 4, 1], [5, 6, 1]], dtype=np.int16)
    np.savez(tmp_path / "a.npz", train_points=points, train_lengths=np.array([2, 1]))
    assert values(tmp_path / "a.npz", part="train") == [[[1, 2, 0], [3, 4, 1]], [[5, 6, 1]]]


def test_npz_without_lengths_has_a_sequence_in_each_array(tmp_path):
    np.savez(tmp_path / "a.npz", first=np.array([[1.0]]), second=np.array([[2.0], [3.0]]))
    assert values(tmp_path / "a.npz") == [[[1]], [[2], [3]]]


def test_npz_says_which_parts_it_lacks(tmp_path):
    np.savez(tmp_path / "a.npz", train_points=np.zeros((1, 3)), train_lengths=np.array([1]))
    found = message(tmp_path / "a.npz", part="dev")
    assert "must have arrays 'dev_points' and 'dev_lengths', but has train_points" in found
    assert "must have arrays 'points' and 'lengths'" in message(tmp_path / "a.npz")


def test_npz_whose_lengths_do_not_add_up_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", points=np.zeros((3, 3)), lengths=np.array([2, 2]))
    assert "must add up to the 3 points, but adds up to 4" in message(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("lengths", "shown"),
    [(["2", "1"], "'2', '1'] (<U1)"), ([1.5, 1.5], "[1.5, 1.5] (float64)"),
     ([np.nan, 3.0], "[nan,  3.] (float64)"), ([np.inf], "[inf] (float64)")],
)  # fmt: skip
def test_npz_whose_lengths_are_no_whole_numbers_is_refused(tmp_path, lengths, shown):
    np.savez(tmp_path / "a.npz", points=np.zeros((3, 3)), lengths=np.array(lengths))
    found = message(tmp_path / "a.npz")
    assert found.startswith(f"{tmp_path / 'a.npz'}: 'lengths' must hold whole numbers, ")
    assert shown in found
    assert found.endswith(". Write the file again.")


@pytest.mark.parametrize("lengths", [3, [[3]], [3.0], [True, True, True]])
def test_lengths_may_be_whole_numbers_of_any_kind(tmp_path, lengths):
    np.savez(tmp_path / "a.npz", points=np.zeros((3, 1)), lengths=np.array(lengths))
    assert sum(map(len, values(tmp_path / "a.npz"))) == 3


def test_npz_whose_points_are_a_single_number_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", points=np.array(7.0), lengths=np.array([1]))
    assert "an array [points, features], but are a single number" in message(tmp_path / "a.npz")


def test_a_damaged_archive_is_refused_wherever_it_is_damaged(tmp_path):
    path = tmp_path / "a.npz"
    points = np.random.default_rng(1).normal(size=(90, 3))
    np.savez_compressed(path, points=points, lengths=np.array([40, 50]))
    whole = path.read_bytes()
    for place in range(60, len(whole) - 300, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        found = message(path)
        assert found.startswith(
            f"{path}: must be a numpy file of plain numbers, but cannot be read"
        )
        assert "\n" not in found


def damaged(path: Path, content: bytes, old: bytes, new: bytes) -> Path:
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"'shape': (4, 3), }", b"'shape': (4, 3, }"),
        (b"(4, 3), }" + 12 * b" ", b"(4000000000000, 3), }"),
        (b"(4, 3), }" + 20 * b" ", b"(400000000000000000000, 3), }"),
        (b"'shape': (4, 3), }", b"'shape': (5, 3), }"),
        (b"'descr'", b"'descR'"),
        (b"'descr'", b"b'decr'"),
    ],
)
def test_a_false_header_is_refused(tmp_path, old, new):
    np.save(tmp_path / "good.npy", np.zeros((4, 3)))
    path = damaged(tmp_path / "a.npy", (tmp_path / "good.npy").read_bytes(), old, new)
    found = message(path)
    assert found.startswith(f"{path}: must be a numpy file of plain numbers, but cannot be read as")
    assert found.endswith("Save it with numpy.save or numpy.savez, without objects.")
    assert "\n" not in found


def test_an_archive_of_something_else_is_refused(tmp_path):
    with ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("notes.txt", "no numbers")
    assert "('notes.txt' in it is no array)" in message(tmp_path / "a.npz")


def test_pickled_objects_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert "must be a numpy file of plain numbers" in message(tmp_path / "a.npy")


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 no archive")
    assert "cannot be read as one" in message(tmp_path / "a.npz")
    assert "must end in one of .jsonl" in message(tmp_path / "a.wav")


BAD = {
    "[[1, 2], [3]]": "frame 2: must have 2 features like the first one, but has 1.",
    "[[1, 2], 3]": "frames must be all lists or all numbers, but frame 2 is unlike the first.",
    "[[1, NaN]]": "frame 1, feature 2: must be a finite number of usual size, but is nan.",
    "[[1, 2], [-Infinity, 1]]": "frame 2, feature 1: must be a finite number of usual size, "
    "but is -inf.",
    "[[1, 1e39]]": "frame 1, feature 2: must be a finite number of usual size, but is 1e+39.",
    "[]": "the sequence must not be empty, but is.",
    "[[]]": "the sequence must not be empty, but is.",
    "[[1, 2], [1, 2], [1, 2], [1, 2], [1, 2]]": "a sequence may have 4 frames, but this one has 5.",
    "[[1, 2, 3]]": "a frame must have 2 features, but these have 3.",
    '[[1, "2"]]': 'frame 1: must hold numbers only, but holds "2".',
    "[[1, true]]": "frame 1: must hold numbers only, but holds true.",
    "[[1, [2]]]": "frame 1: must hold numbers only, but holds a list.",
    "7": "must be an array of frames, but is none.",
    "[[1, 2]": "must be valid JSON, but is not (Expecting ',' delimiter at character 8).",
}


@pytest.mark.parametrize("row", BAD)
def test_what_is_wrong_is_said_in_one_line_with_its_place(tmp_path, row):
    path = written(tmp_path / "a.jsonl", "[[1, 2]]", row)
    found = message(path)
    assert found.startswith(f"{path}:2: {BAD[row]} ")
    assert "\n" not in found


def test_bad_sequences_are_set_aside(tmp_path):
    path = written(tmp_path / "a.jsonl", "[[1, 2]]", *BAD, "[[3, 4]]")
    with BadRows(tmp_path / "bad.tsv") as bad:
        good = [each.values.tolist() for each in read_frames(str(path), LIMITS, bad=bad)]
    assert good == [[[1, 2]], [[3, 4]]]
    lines = [line.split("\t") for line in bad.path.read_text().splitlines()]
    assert [line[:2] for line in lines] == [
        [f"{path}:{number}", reason] for number, reason in enumerate(BAD.values(), start=2)
    ]


def test_a_bad_array_is_named_by_its_number(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[[1.0]], [[np.nan]]]))
    assert message(tmp_path / "a.npy").startswith(f"{tmp_path / 'a.npy'}:2: frame 1, feature 1: ")


def test_a_missing_key_is_named(tmp_path):
    path = written(tmp_path / "a.jsonl", json.dumps({"ink": [1]}))
    assert "must be an object with the key 'pen', but has none." in message(path, key="pen")


def test_the_width_may_be_given(tmp_path):
    path = written(tmp_path / "a.jsonl", "[[1, 2]]")
    with pytest.raises(UserError, match=r"a frame must have 3 features, but these have 2"):
        values(path, Limits(width=3))
