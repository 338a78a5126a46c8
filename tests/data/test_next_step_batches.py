"""A stream in lanes, sequences in batches of like length, lines and drawings as models read them."""

import json

import numpy as np
import pytest

from seqloom.config import override, read_recipe
from seqloom.config.next_step_data import StrokeData, TextData
from seqloom.data.bad_rows import BadRows, Place
from seqloom.data.next_step.drawings import Drawing, first_drawing, read_drawings
from seqloom.data.next_step.lanes import Lanes
from seqloom.data.next_step.lines import LineSet
from seqloom.data.next_step.sequences import SequenceBatches
from seqloom.data.next_step.strokes import Paper, StrokeSet
from seqloom.data.next_step.texts import read_texts
from seqloom.data.next_step.unigram import Unigram
from seqloom.errors import UserError
from seqloom.training.next_step.drawings import prepare_drawings

STREAM = np.arange(10, 21, dtype=np.int32)
"""11 tokens."""


def test_lanes_are_read_side_by_side():
    first, second = Lanes(STREAM, 2, 4).epoch(0)
    assert first.inputs.tolist() == [[3, 10, 11, 12], [15, 16, 17, 18]]
    assert first.targets.tolist() == [[10, 11, 12, 13], [16, 17, 18, 19]]
    assert second.inputs.tolist() == [[13, 14], [19, 0]]
    assert second.targets.tolist() == [[14, 15], [20, 0]]
    assert (first.first, second.first) == (True, False)


@pytest.mark.parametrize("lanes", [1, 3, 5, 11, 40])
@pytest.mark.parametrize("steps", [1, 3, 20])
def test_every_token_is_a_target_once_and_follows_its_input(lanes, steps):
    cuts = list(Lanes(STREAM, lanes, steps).epoch(0))
    assert len(cuts) == Lanes(STREAM, lanes, steps).num_batches(0)
    pairs = [
        (i, t)
        for cut in cuts
        for i, t in zip(cut.inputs.ravel().tolist(), cut.targets.ravel().tolist(), strict=True)
        if t
    ]
    assert sorted(t for _, t in pairs) == STREAM.tolist()
    assert all(i == (t - 1 if t > 10 else 3) for i, t in pairs)


def test_an_epoch_goes_on_where_it_was():
    lanes = Lanes(STREAM, 2, 2)
    whole, rest = list(lanes.epoch(0)), list(lanes.epoch(0, skip=1))
    assert [cut.place for cut in rest] == [cut.place for cut in whole][1:]


def test_batches_hold_every_sequence_once_within_their_limits():
    lengths = [3, 9, 1, 4, 4, 7, 2, 8, 5, 6]
    batches = SequenceBatches(lengths, lambda rows: rows.tolist(), 3, 12, seed=1)
    dealt = list(batches.epoch(0))
    assert sorted(row for rows in dealt for row in rows) == list(range(10))
    for rows in dealt:
        assert len(rows) <= 3
        assert len(rows) == 1 or len(rows) * max(lengths[row] for row in rows) <= 12
    assert list(batches.epoch(0, skip=2)) == dealt[2:]
    assert list(batches.epoch(1)) != dealt


def test_a_line_predicts_itself_and_its_end():
    batch = LineSet([[7, 8, 3], [9, 3]]).collate(np.array([0, 1]))
    assert batch.inputs.tolist() == [[2, 7, 8], [2, 9, 0]]
    assert batch.targets.tolist() == [[7, 8, 3], [9, 3, 0]]


SQUARE = np.array([[0, 0, 0], [3, 0, 0], [0, 4, 0], [-3, 0, 1]], dtype=np.float32)
CROSS = np.array([[0, 0, 0], [5, 5, 1], [0, -5, 0], [-5, 5, 1]], dtype=np.float32)


def drawing(offsets, text=""):
    return Drawing(offsets, Place("file", 1), text)


def test_where_all_begin_at_the_origin_the_first_point_is_read_and_not_predicted():
    paper = Paper.of([drawing(SQUARE), drawing(CROSS)])
    first, points = paper.read(SQUARE)
    assert paper.origin
    assert len(points) == 3
    np.testing.assert_allclose(first, paper.start)
    np.testing.assert_allclose(paper.written(points), SQUARE, atol=1e-6)


def test_elsewhere_every_point_is_predicted_after_a_lifted_pen():
    moved = SQUARE + [[1, 0, 0]] * 4
    paper = Paper.of([drawing(moved.astype(np.float32)), drawing(CROSS)])
    first, points = paper.read(CROSS)
    assert not paper.origin
    assert first.tolist() == [0, 0, 1]
    np.testing.assert_allclose(paper.written(points), CROSS, atol=1e-6)


def test_a_paper_survives_its_record():
    paper = Paper.of([drawing(SQUARE), drawing(CROSS)])
    assert Paper.of_record(paper.record()) == paper


def test_nats_in_units_of_the_data_come_from_the_deviations():
    paper = Paper.of([drawing(SQUARE), drawing(CROSS)])
    moves = np.concatenate([SQUARE[1:], CROSS[1:]])[:, :2]
    assert paper.nats == pytest.approx(np.log(moves.std(axis=0)).sum())


def test_drawings_are_padded_together():
    paper = Paper.of([drawing(SQUARE), drawing(CROSS[:3])])
    batch = StrokeSet([drawing(SQUARE), drawing(CROSS[:3])], paper, None).collate(np.array([0, 1]))
    assert batch.points.shape == (2, 3, 3)
    assert batch.lengths.tolist() == [3, 2]
    assert batch.points[1, 2].tolist() == [0, 0, 0]
    assert batch.text is None


BAD = [
    ("[[1, 2]]", "a frame must have 3 features, but these have 2."),
    ("[[1, 2, 0], [1, NaN, 0]]", "frame 2, feature 2: must be a finite number"),
    ("[[1, 2, 0], [2e38, 2, 0]]", "point 2: must have finite numbers of usual size, but is at"),
    ("[[1, 2, 0], [1, 2, 7]]", "point 2: the pen must be 0 or 1, but is 7."),
    ("[]", "must not be empty"),
    ("[[1, 2, 0]]", "at least 2 points"),
    ("[[1, 2, 0], [1, 2]]", "frame 2: must have 3 features"),
    ("{}", "must be an object with the key 'strokes'"),
    ("no", "must be valid JSON"),
    ("[[1, 2, 0], [1, -2, 0], [1, 2, 0], [-1, 2, 0], [1, -1, 1]]", "a drawing may have 4 points"),
]
GOOD = "[[0, 0, 0], [5, -5, 1], [-5, 3, 1]]\n"


@pytest.mark.parametrize(("row", "message"), BAD, ids=[message for _, message in BAD])
def test_a_bad_drawing_is_one_line_with_file_and_record(row, message, tmp_path):
    path = tmp_path / "strokes.jsonl"
    path.write_text(GOOD + row + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"strokes\.jsonl:2: ") as error:
        read_drawings([str(path)], StrokeData(max_points=4))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("row", "message"), BAD, ids=[message for _, message in BAD])
def test_a_bad_drawing_can_be_set_aside(row, message, tmp_path):
    path, aside = tmp_path / "strokes.jsonl", tmp_path / "bad.tsv"
    path.write_text(row + "\n" + GOOD, encoding="utf-8")
    with BadRows(aside) as bad:
        kept = read_drawings([str(path)], StrokeData(max_points=4), bad=bad)
    assert [len(each.offsets) for each in kept] == [3]
    assert message in aside.read_text(encoding="utf-8")


def test_points_given_as_offsets_are_noticed(tmp_path):
    path = tmp_path / "strokes.jsonl"
    points = [[100 + 3 * i, 200 + 2 * i, int(i == 19)] for i in range(20)]
    path.write_text(f"{points}\n", encoding="utf-8")
    with pytest.raises(UserError, match="look like points") as error:
        read_drawings([str(path)], StrokeData())
    assert "Set data.points=points." in str(error.value)
    (found,) = read_drawings([str(path)], StrokeData(points="points"))
    assert found.offsets[1].tolist() == [3, 2, 0]


def test_one_drawing_of_points_among_offsets_is_named_or_set_aside(tmp_path):
    path = tmp_path / "strokes.jsonl"
    points = [[100 + 3 * i, 200 + 2 * i, int(i == 19)] for i in range(20)]
    path.write_text(GOOD * 3 + f"{points}\n" + GOOD * 3, encoding="utf-8")
    with pytest.raises(UserError, match=r"strokes\.jsonl:4: must be offsets .* looks like points"):
        read_drawings([str(path)], StrokeData())
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert len(read_drawings([str(path)], StrokeData(), bad=bad)) == 6
    assert bad.count == 1


def test_texts_stand_beside_their_drawings(tmp_path):
    path = tmp_path / "written.jsonl"
    path.write_text('{"text": "hi", "strokes": [[0, 0, 0], [5, -5, 1]]}\n', encoding="utf-8")
    (found,) = read_drawings([str(path)], StrokeData(condition="text"))
    assert found.text == "hi"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"strokes": [[0, 0, 0], [5, -5, 1]]}', "the key 'text'"),
        ('{"text": " ", "strokes": [[0, 0, 0], [5, -5, 1]]}', "a text that is not empty"),
        ("[[0, 0, 0], [5, -5, 1]]", "the key 'text'"),
    ],
)
def test_a_drawing_without_its_text_is_refused(row, message, tmp_path):
    path = tmp_path / "written.jsonl"
    path.write_text(row + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"written\.jsonl:1: ") as error:
        read_drawings([str(path)], StrokeData(condition="text"))
    assert message in str(error.value)


def archive(path, **changes):
    """Two drawings that write 'hi' and 'ho'."""
    both = np.concatenate([SQUARE, SQUARE[:3]])
    arrays = {"text_texts": ["hi", "ho"], "strokes_points": both, "strokes_lengths": [4, 3]}
    np.savez(path, **(arrays | changes))
    return str(path)


def test_texts_stand_beside_their_drawings_in_an_archive(tmp_path):
    found = read_drawings([archive(tmp_path / "written.npz")], StrokeData(condition="text"))
    assert [each.text for each in found] == ["hi", "ho"]
    assert [each.offsets.tolist() for each in found] == [SQUARE.tolist(), SQUARE[:3].tolist()]


def test_texts_stand_beside_the_names_of_arrays(tmp_path):
    np.save(tmp_path / "one.npy", SQUARE)
    path = tmp_path / "written.tsv"
    path.write_text("hi\tone.npy\n", encoding="utf-8")
    (found,) = read_drawings([str(path)], StrokeData(condition="text", add_origin=True))
    assert found.text == "hi"
    assert found.offsets.tolist() == [[0, 0, 0], *SQUARE.tolist()]


@pytest.mark.parametrize(
    ("changes", "part", "message"),
    [
        (
            {"text_texts": ["hi", " "]},
            "",
            "written.npz:2: 'text' must be a text that is not empty.",
        ),
        ({"text_texts": ["hi"]}, "", "written.npz: both sides must have as many records"),
        ({"text_texts": [1, 2]}, "", "written.npz: must have texts 'text_texts'"),
        ({"strokes_points": np.full((7, 3), np.nan)}, "", "written.npz:1: frame 1, feature 1"),
        ({}, "train", "written.npz: a file of drawings and texts holds one set"),
    ],
)
def test_an_archive_of_drawings_and_texts_that_is_wrong_is_one_line(
    changes, part, message, tmp_path
):
    path = archive(tmp_path / "written.npz", **changes)
    with pytest.raises(UserError) as error:
        read_drawings([path], StrokeData(condition="text"), part)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_bad_record_of_an_archive_of_texts_is_set_aside(tmp_path):
    path = archive(tmp_path / "written.npz", text_texts=["", "ho"])
    with BadRows(tmp_path / "bad.tsv") as bad:
        (found,) = read_drawings([path], StrokeData(condition="text"), bad=bad)
    assert found.text == "ho"
    assert bad.count == 1


def test_a_drawing_that_no_text_can_stand_beside_says_which_files_can(tmp_path):
    with pytest.raises(UserError, match=r"a\.svg: drawings of texts .* \.npz, \.tsv"):
        read_drawings([str(tmp_path / "a.svg")], StrokeData(condition="text"))


def test_an_npz_file_may_hold_several_sets(tmp_path):
    path = tmp_path / "all.npz"
    both = {f"{part}_points": SQUARE.astype(np.int16) for part in ("train", "valid")}
    np.savez(path, **both, train_lengths=[2, 2], valid_lengths=[4])
    assert len(read_drawings([str(path)], StrokeData(), "train")) == 2
    (found,) = read_drawings([str(path)], StrokeData(add_origin=True), "valid")
    assert found.offsets[0].tolist() == [0, 0, 0]
    assert len(found.offsets) == 5


def test_svg_and_folders_are_read(tmp_path):
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1L5 9L3 3"/></svg>'
    (tmp_path / "a.svg").write_text(picture, encoding="utf-8")
    (found,) = read_drawings([str(tmp_path)], StrokeData())
    assert found.offsets.tolist() == [[0, 0, 0], [4, 8, 0], [-2, -6, 1]]


def test_empty_lines_are_lines_of_a_stream_only(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("one\r\n\ntwo", encoding="utf-8")
    stream = read_texts([str(path)], TextData())
    lines = read_texts([str(path)], TextData(stream=False))
    assert [line.text for line in stream] == ["one", "", "two"]
    assert [line.text for line in lines] == ["one", "two"]


def test_a_column_of_a_table_is_text(tmp_path):
    path = tmp_path / "text.csv"
    path.write_text("id,said\n1,hello\n2,bye\n", encoding="utf-8")
    found = read_texts([str(path)], TextData(column="said"))
    assert [(line.place.line, line.text) for line in found] == [(2, "hello"), (3, "bye")]


def test_text_that_is_not_utf8_is_one_line(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"fine\nbad \xff\n")
    with pytest.raises(UserError, match=r"text\.txt:2: must be UTF-8"):
        list(read_texts([str(path)], TextData()))


def test_a_file_without_text_is_refused(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n \n", encoding="utf-8")
    with pytest.raises(UserError, match="must hold some text"):
        list(read_texts([str(path)], TextData()))


def test_a_unigram_model_says_what_its_formula_says():
    points = [np.array([[0.5, -1, 0], [1, 0.3, 1]], np.float32), np.array([[0, 2, 1]], np.float32)]
    model = Unigram(rho=0.3, pen=0.6, over=0.25)
    every = np.concatenate(points)
    covariance, z = np.array([[1, 0.3], [0.3, 1]]), every[:, :2]
    distances = np.einsum("ni,ij,nj->n", z, np.linalg.inv(covariance), z)
    density = (-distances / 2 - np.log(2 * np.pi * np.sqrt(np.linalg.det(covariance)))).sum()
    pens, overs = np.log([0.4, 0.6, 0.6]).sum(), np.log([0.75, 0.25, 0.25]).sum()
    assert model.nats(points, ends=False) == pytest.approx(-density - pens)
    assert model.nats(points, ends=True) == pytest.approx(-density - pens - overs)


def test_a_unigram_model_is_of_its_set():
    points = [np.array([[1, -1, 0], [1, 1, 1]], np.float32), np.array([[2, 0.5, 1]], np.float32)]
    found = Unigram.of(points)
    assert (found.pen, found.over) == pytest.approx((2 / 3, 2 / 3))
    assert found.rho == pytest.approx(1 / 3)


def test_a_drawing_of_one_point_is_none_however_it_is_read(tmp_path):
    """The origin is put before offsets only: points, ink and pictures begin with their first point."""
    path, alone = tmp_path / "a.jsonl", "[[3, 4, 1]]\n"
    path.write_text(alone, encoding="utf-8")
    (offsets,) = read_drawings([str(path)], StrokeData(add_origin=True))
    assert offsets.offsets.tolist() == [[0, 0, 0], [3, 4, 1]]
    with pytest.raises(UserError, match=r"a\.jsonl:1: a drawing must have at least 2 points"):
        read_drawings([str(path)], StrokeData(add_origin=True, points="points"))
    path.write_text(alone + "[[3, 4, 0], [5, 5, 1]]\n", encoding="utf-8")
    with BadRows(tmp_path / "bad.tsv") as bad:
        (kept,) = read_drawings([str(path)], StrokeData(add_origin=True, points="points"), bad=bad)
    assert kept.offsets.tolist() == [[0, 0, 0], [2, 1, 1]]
    assert bad.count == 1


def test_points_too_far_off_are_one_line_with_file_and_record(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("[[1, 2, 0], [3, 4, 1]]\n[[1, -2e38, 0], [1, 2e38, 1]]\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_drawings([str(path)], StrokeData(points="points"))
    assert str(error.value).startswith(
        f"{path}:2: point 1: must have finite numbers of usual size, but is at (1, -2e+38). Mend the"
    )


@pytest.mark.parametrize(
    ("row", "begins"),
    [
        ('{"strokes": [[3, -4, 0], [-5, 5, 1]]}', [[0, 0, 0], [3, -4, 0]]),
        ('{"origin": false, "strokes": [[3, -4, 0], [-5, 5, 1]]}', [[0, 0, 0], [3, -4, 0]]),
        ('{"origin": true, "strokes": [[0, 0, 0], [5, 5, 1]]}', [[0, 0, 0], [5, 5, 1]]),
        ('{"points": "points", "strokes": [[3, 4, 0], [5, 5, 1]]}', [[0, 0, 0], [2, 1, 1]]),
    ],
)
def test_a_row_may_say_what_its_strokes_are(row, begins, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(row + "\n", encoding="utf-8")
    (found,) = read_drawings([str(path)], StrokeData(add_origin=True))
    assert found.offsets[:2].tolist() == begins


def test_what_a_row_says_of_its_strokes_is_not_doubted(tmp_path):
    """One straight stroke, drawn slowly, looks like points."""
    path, straight = tmp_path / "a.jsonl", [[5, 5, 0], [5, 5, 0], [5, 5, 1]]
    path.write_text(f'{{"strokes": {straight}}}\n', encoding="utf-8")
    with pytest.raises(UserError, match="look like points"):
        read_drawings([str(path)], StrokeData())
    path.write_text(f'{{"points": "offsets", "strokes": {straight}}}\n', encoding="utf-8")
    (found,) = read_drawings([str(path)], StrokeData())
    assert found.offsets.tolist() == straight


def test_the_origin_is_not_counted_among_the_points_of_a_drawing(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps([[1, 2, 0], [2, 1, 0], [1, 1, 1]]) + "\n", encoding="utf-8")
    (found,) = read_drawings([str(path)], StrokeData(add_origin=True, max_points=3))
    assert len(found.offsets) == 4
    with pytest.raises(UserError, match="may have 2 points, but this one has 3"):
        read_drawings([str(path)], StrokeData(add_origin=True, max_points=2))


def test_an_archive_of_one_set_is_every_part_but_no_dev_set(tmp_path):
    path = tmp_path / "mine.npz"
    rng = np.random.default_rng(1)
    moves = np.column_stack([rng.normal(size=(40, 2)), np.tile([0, 1], 20)])
    np.savez(path, points=moves, lengths=[4] * 10)
    recipe = override(read_recipe("graves2013-handwriting"), [f"data.train=[{path}]"])
    found = prepare_drawings(recipe, tmp_path / "run")
    assert (len(found.train), len(found.dev)) == (9, 1)
    held = found.dev[0].offsets.tolist()
    assert held not in [drawing.offsets.tolist() for drawing in found.train]


def test_the_first_drawing_is_read_whatever_stands_behind_it(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("[[1, -2, 0], [-2, 1, 1]]\nbroken\n", encoding="utf-8")
    assert len(first_drawing(str(path), StrokeData()).offsets) == 2
    path.write_text("broken\n[[1, -2, 0], [-2, 1, 1]]\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"a\.jsonl:1: must be valid JSON") as error:
        first_drawing(str(path), StrokeData())
    assert "--skip-bad" not in str(error.value)
