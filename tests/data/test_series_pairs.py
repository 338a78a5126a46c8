"""Pairs of frames or strokes and texts: from files to what a model reads."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqloom.config import Recipe, override, with_files
from seqloom.data.bad_rows import BadRows
from seqloom.data.batching import Batches, together
from seqloom.data.example import Example
from seqloom.data.series.frame_pairs import write_frame_pairs
from seqloom.data.series.pair_corpus import SeriesCorpus
from seqloom.data.series.reader import Reader
from seqloom.data.series.scaling import Scaler
from seqloom.data.series.sources import read_series_pairs, read_series_sources
from seqloom.data.speech.corpus import RATE
from seqloom.data.speech.espeak import Sound
from seqloom.data.speech.wav import write_wav
from seqloom.errors import UserError
from seqloom.text.pair import PairCodec
from seqloom.text.series import Series

FRAMES = override(Recipe(), ["source.kind=frames"])
STROKES = override(Recipe(), ["source.kind=strokes"])
STEPS = [[0.5, 0.0, 0], [-0.5, 0.5, 0], [0.0, -0.5, 1]]


def jsonl(path: Path, rows: list[object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def pair(frames: object, text: object = "ab") -> dict[str, object]:
    return {"source": frames, "target": text}


def test_a_pair_goes_by_its_file_and_record(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", [pair([[1, 2], [3, 4]]), pair([[5, 6]], "c")])
    first, second = read_series_pairs([path], FRAMES)
    assert (first.source, first.target, second.origin) == (f"{path}:1", "ab", f"{path}:2")
    assert first.frames.tolist() == [[1, 2], [3, 4]]


BAD = {
    "nan": ([[1.0, float("nan")]], "frame 1, feature 2: must be a finite number"),
    "inf": ([[float("inf"), 1.0]], "frame 1, feature 1: must be a finite number"),
    "ragged": ([[1, 2], [3]], "frame 2: must have 2 features like the first one, but has 1"),
    "width": ([[1, 2, 3]], "a frame must have 2 features, but these have 3"),
    "empty": ([], "the sequence must not be empty"),
    "long": ([[1, 2]] * 9, "a sequence may have 4 frames, but this one has 9"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_source_is_one_line_with_file_and_record_or_is_set_aside(tmp_path, kind):
    frames, reason = BAD[kind]
    path = jsonl(tmp_path / "a.jsonl", [pair([[1, 2]]), pair(frames), pair([[3, 4]])])
    recipe = override(FRAMES, ["data.max_source=4"])
    with pytest.raises(UserError) as error:
        list(read_series_pairs([path], recipe))
    assert str(error.value).startswith(f"{path}:2: source: ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    with BadRows(tmp_path / "bad.tsv") as bad:
        kept = list(read_series_pairs([path], recipe, bad=bad))
    assert ([each.source for each in kept], bad.count) == ([f"{path}:1", f"{path}:3"], 1)


def test_a_feature_that_never_varies_is_refused_or_kept():
    frames = [np.array([[1.0, 5.0], [2.0, 5.0]], np.float32)]
    with pytest.raises(
        UserError, match=r"^source: feature 2 must vary, but is 5.*source\.constant=keep"
    ):
        Reader.fitted(FRAMES, frames)
    kept = Reader.fitted(override(FRAMES, ["source.constant=keep"]), frames)
    assert kept.scaler == Scaler((1.5, 5.0), (0.5, 1.0))


def test_a_feature_that_never_varies_is_named_with_its_file():
    recipe = with_files(FRAMES, ["a.npz", "b.npz"], [])
    with pytest.raises(
        UserError, match=r"^a\.npz, b\.npz: source: feature 1 must vary, but is 1 in"
    ):
        Reader.fitted(recipe, [np.ones((2, 2), np.float32)])
    with pytest.raises(UserError, match=r"feature 'dx' must vary, .* Are these strokes"):
        Reader.fitted(STROKES, [np.array([[1, 2, 0], [1, 3, 1]], np.float32)])


def test_one_drawing_of_points_among_offsets_is_set_aside(tmp_path):
    points = [[10.0 + 0.1 * t, 10.0 + 0.1 * t, int(t == 29)] for t in range(30)]
    path = jsonl(tmp_path / "a.jsonl", [pair(STEPS)] * 5 + [pair(points)] + [pair(STEPS)] * 5)
    with pytest.raises(
        UserError, match=r"a\.jsonl:6: source: must be offsets .* looks like points"
    ):
        list(read_series_pairs([path], STROKES))
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert len(list(read_series_pairs([path], STROKES, bad=bad))) == 10
    assert bad.count == 1
    with BadRows(tmp_path / "bad.tsv") as bad:
        asked = [each.source for each in read_series_sources(path, STROKES, bad=bad)]
    assert (asked.count(""), asked[5], len(asked)) == (1, "", 11)


def test_points_given_as_offsets_are_found_out(tmp_path):
    points = [[10.0 + 0.1 * t, 10.0 + 0.1 * t, int(t == 29)] for t in range(30)]
    path = jsonl(tmp_path / "a.jsonl", [pair(points)])
    with pytest.raises(UserError, match=r"look like points .* Set source\.points=points\."):
        list(read_series_pairs([path], STROKES))
    with pytest.raises(UserError, match=r"look like points .* Set source\.points=points\."):
        list(read_series_sources(path, STROKES))
    [found] = read_series_pairs([path], override(STROKES, ["source.points=points"]))
    assert found.frames[:2].tolist() == [[0, 0, 0], pytest.approx([0.1, 0.1, 0], abs=1e-5)]


def test_a_pen_is_neither_scaled_nor_between_up_and_down(tmp_path):
    reader = Reader.fitted(STROKES, [np.array(STEPS, np.float32)])
    assert (reader.scaler.mean[2], reader.scaler.deviation[2]) == (0.0, 1.0)
    path = jsonl(tmp_path / "a.jsonl", [pair([[1, 2, 0.5], [-1, 0, 1]])])
    with pytest.raises(UserError, match=r":1: source: point 1: the pen must be 0 or 1"):
        list(read_series_pairs([path], STROKES))


def test_what_is_to_be_answered_may_come_in_any_kind_of_file(tmp_path):
    values = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
    np.save(tmp_path / "a.npy", values)
    write_frame_pairs(tmp_path / "b.npz", [(values, "x"), (values[:1], "y")], ("source", "target"))
    jsonl(tmp_path / "c.jsonl", [values.tolist()])
    jsonl(tmp_path / "d.jsonl", [{"source": values.tolist()}])
    shapes = {
        name: [each.frames.shape for each in read_series_sources(str(tmp_path / name), FRAMES)]
        for name in ("a.npy", "b.npz", "c.jsonl", "d.jsonl")
    }
    one = [(3, 2)]
    assert shapes == {"a.npy": one, "b.npz": [(3, 2), (1, 2)], "c.jsonl": one, "d.jsonl": one}


def test_a_source_set_aside_leaves_an_empty_one_in_its_place(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", [[[1, 2]], [[1, 2, 3]], [[3, 4]]])
    with pytest.raises(UserError, match=r":2: a frame must have 2 features"):
        list(read_series_sources(path, FRAMES, None, 2))
    with BadRows(tmp_path / "bad.tsv") as bad:
        kept = list(read_series_sources(path, FRAMES, bad, 2))
    assert [each.source for each in kept] == [f"{path}:1", "", f"{path}:3"]


def test_a_drawing_is_read_as_strokes(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 L1 0 L1 1"/></svg>')
    [found] = read_series_sources(str(path), STROKES)
    assert found.frames.tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 1]]


def test_another_width_than_that_of_training_is_one_line():
    reader = Reader.of(FRAMES, Scaler((0.0, 0.0), (1.0, 1.0)))
    with pytest.raises(UserError, match=r"^mine: a frame must have 2 features, but these have 3"):
        reader.read("mine", np.zeros((4, 3), np.float32))


@pytest.mark.parametrize(
    ("changes", "labels"),
    [
        ([], ("1", "2", "3", "4", "5")),
        (["encoder.layers=2", "encoder.pyramid=[2]"], ("1-2", "3-4", "5")),
        (
            ["encoder.layers=2", "encoder.pyramid=[2]", "source.rate=10"],
            ("0.00s", "0.20s", "0.40s"),
        ),
    ],
)
def test_positions_are_called_by_frames_or_by_time(changes, labels):
    reader = Reader.of(override(FRAMES, changes), Scaler((0.0,), (1.0,)))
    series = reader.read("x", np.arange(5, dtype=np.float32))
    assert reader.labels(series) == labels
    assert len(series) == len(labels)


def test_a_reader_is_saved_to_the_bit(tmp_path):
    reader = Reader.of(FRAMES, Scaler((0.1, 1 / 3), (2.0, 0.7)))
    reader.save(tmp_path)
    assert Reader.load(tmp_path, FRAMES) == reader


def test_a_codec_of_series_refuses_text_and_one_of_text_refuses_frames():
    reader = Reader.of(FRAMES, Scaler((0.0,), (1.0,)))
    series = PairCodec.of_series(FRAMES, ["ab"], reader)
    text = PairCodec.train(Recipe(), lambda: [Example("ab", "ab")])
    with pytest.raises(UserError, match="reads frames of 1 features, but 'hello' is text"):
        series.read("hello")
    with pytest.raises(UserError, match="reads text, but frames were given"):
        text.read("x", (), np.zeros((2, 1), np.float32))
    read = series.read("x", (), np.array([[2.0], [3.0]], np.float32))
    assert isinstance(read.ids, Series)
    assert (read.labels, series.source_size) == (("1", "2"), 1)


def test_a_corpus_gives_back_what_was_written_and_batches_are_of_like_length(tmp_path):
    random = np.random.default_rng(1)
    pairs = [
        (random.normal(size=(n, 2)).astype(np.float32), [*range(4, 4 + n % 3), 3])
        for n in (5, 1, 4, 2, 5, 1, 4, 2)
    ]
    corpus = SeriesCorpus.write(tmp_path / "c", pairs, 2)
    assert len(corpus) == len(pairs)
    for index, (frames, ids) in enumerate(pairs):
        found, target = corpus.pair(index)
        assert np.array_equal(found, frames)
        assert target.tolist() == ids
    batches = Batches(corpus=corpus, max_pairs=2, max_tokens=1000, seed=1, shuffle_buffer=100)
    for batch in batches.in_order():
        assert len({*batch.source_lengths.tolist()}) == 1
        assert batch.padding == 0.0
    seen = sorted(i for batch in batches.epoch(1) for i in batch.indices.tolist())
    assert seen == list(range(len(pairs)))


def test_frames_side_by_side_have_zeros_after_their_end():
    rows, lengths = together([np.ones((2, 3), np.float32), np.ones((1, 3), np.float32)])
    assert (rows.shape, lengths.tolist()) == ((2, 2, 3), [2, 1])
    assert rows[1, 1].tolist() == [0, 0, 0]


def test_a_drawing_too_far_off_is_one_line_or_set_aside(tmp_path):
    far = [[0.0, 0.0, 0], [2e38, 1.0, 1]]
    path = jsonl(tmp_path / "a.jsonl", [pair(STEPS), pair(far)])
    for recipe in (STROKES, override(STROKES, ["source.points=points"])):
        with pytest.raises(UserError, match=r"a\.jsonl:2: source: point 2: must have finite"):
            list(read_series_pairs([path], recipe))
        with BadRows(tmp_path / "bad.tsv") as bad:
            assert len(list(read_series_pairs([path], recipe, bad=bad))) == 1


def test_ink_too_far_off_leaves_an_empty_source_in_its_place(tmp_path):
    path = tmp_path / "a.inkml"
    path.write_text("<ink><trace>1 2, 3 1e300</trace></ink>")
    with pytest.raises(UserError, match=r"a\.inkml:1: trace 1, point 2: must have finite numbers"):
        list(read_series_sources(str(path), STROKES))
    with BadRows(tmp_path / "bad.tsv") as bad:
        [found] = read_series_sources(str(path), STROKES, bad)
    assert found.source == ""


def sound(path: Path, samples: int) -> str:
    write_wav(path, Sound(np.zeros(samples, np.float32), RATE))
    return str(path)


def test_a_sound_without_samples_is_refused(tmp_path):
    path = sound(tmp_path / "a.wav", 0)
    with pytest.raises(UserError, match=r"a\.wav: must hold a sound, but has no samples\. Record"):
        list(read_series_sources(path, FRAMES))


def test_a_sound_that_is_too_long_is_one_line_or_set_aside(tmp_path):
    path = sound(tmp_path / "a.wav", 256 * 9)
    assert len(list(read_series_sources(path, FRAMES))) == 1
    short = override(FRAMES, ["data.max_source=8"])
    with pytest.raises(UserError, match=r"a\.wav:1: a sequence may have 8 frames, .* has 10\."):
        list(read_series_sources(path, short))
    with BadRows(tmp_path / "bad.tsv") as bad:
        [found] = read_series_sources(path, short, bad)
    assert (found.source, bad.count) == ("", 1)


STRAIGHT = [[1.0, 0.0, 0]] * 4 + [[0.0, 5.0, 1]]


@pytest.mark.parametrize("kind", ["jsonl", "svg"])
def test_a_drawing_is_judged_by_its_length_when_it_is_simplified(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0H1H2H3H4V5"/></svg>'
    path.write_text(picture if kind == "svg" else json.dumps(pair(STRAIGHT)) + "\n")
    short = override(STROKES, ["data.max_source=4"])
    message = rf"a\.{kind}:1: source: a drawing may have 4 points, but this one has [56]\. Raise data\.max"
    with pytest.raises(UserError, match=message):
        list(read_series_sources(str(path), short))
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert [each.frames for each in read_series_sources(str(path), short, bad)] == [None]
    simple = override(short, ["source.simplify=0.1"])
    [found] = read_series_sources(str(path), simple)
    assert len(found.frames) == 3
    if kind == "jsonl":
        with pytest.raises(UserError, match=message):
            list(read_series_pairs([str(path)], short))
        assert len(list(read_series_pairs([str(path)], simple))) == 1


def test_a_file_of_another_kind_says_which_can_be_read():
    with pytest.raises(UserError, match=r"a\.txt: must end in one of .*\.npz, \.inkml, \.svg, but"):
        list(read_series_sources("a.txt", STROKES))
    with pytest.raises(UserError, match=r"a\.txt: must end in one of .*\.npz, \.wav, but"):
        list(read_series_sources("a.txt", FRAMES))


def test_points_from_python_are_noticed_by_the_moves_of_the_training():
    reader = Reader.of(STROKES, Scaler((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)))
    turns = np.linspace(0, 6, 40)
    points = np.column_stack([200 + 90 * np.cos(turns), 300 + 90 * np.sin(turns), turns == 6])
    with pytest.raises(
        UserError, match=r"^array: must be offsets .* looks like points .* Give offs"
    ):
        reader.read("array", points.astype(np.float32))
    assert len(reader.read("a.jsonl:1", points.astype(np.float32)).frames) == 40
    moves = np.diff(points, axis=0, prepend=points[:1]).astype(np.float32)
    moves[:, 2] = points[:, 2]
    assert len(reader.read("array", moves).frames) == 40
    with pytest.raises(UserError, match=r"^array: point 1: the pen must be 0 or 1, but is 0\.5"):
        reader.read("array", np.array([[1.0, 1.0, 0.5]], np.float32))
