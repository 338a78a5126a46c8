"""Pairs of frames: levels, windows, parts in order of time, dates, and the answers as files."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from seqloom.config.frame_data import Borders, Months, PairData, Shares, WindowData
from seqloom.data.bad_rows import BadRows
from seqloom.data.frames.batch import level_of
from seqloom.data.frames.batching import FrameBatches
from seqloom.data.frames.conversion import Conversion
from seqloom.data.frames.pair_set import PairSet
from seqloom.data.frames.setting import Features, Setting
from seqloom.data.frames.sides import held_out, read_sides, scaled
from seqloom.data.frames.sources import Source, batch_of, read_sources
from seqloom.data.frames.tables import divided, read_dated, whole, window_set
from seqloom.data.frames.write import jsonl, write_answers
from seqloom.data.series.calendar import covariates, onward, read_times, uneven
from seqloom.data.series.scaling import Scaler
from seqloom.data.speech.corpus import RATE
from seqloom.data.speech.espeak import Sound
from seqloom.data.speech.wav import write_wav
from seqloom.errors import UserError

SAME = Scaler((0.0, 0.0), (1.0, 1.0))


def table(path, rows, bad=None):
    """Columns a = row number, b = its square, dates by the hour."""
    start = np.datetime64("2024-02-26T22", "s")
    lines = ["date,a,b"]
    for row in range(rows):
        a = "nan" if row == bad else row
        lines.append(f"{start + np.timedelta64(row, 'h')},{a},{row * row}")
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def settings(**more):
    return WindowData(time="date", lookback=3, horizon=2, **more)


def windows(path, data, part="train", stride=1):
    file = read_dated(path, data, (), None)
    return window_set(divided([file], data)[part], data, SAME, np.array([0, 1]), stride)


def test_a_window_is_the_past_and_what_follows(tmp_path):
    data = settings(level="none")
    pairs = windows(table(tmp_path / "t.csv", 20), data)
    batch = pairs.batch(np.array([4]))
    assert batch.source[0, :, 0].tolist() == [4, 5, 6]
    assert batch.target[0].tolist() == [[7, 49], [8, 64]]
    assert batch.first[0].tolist() == [6, 36]


def test_windows_of_a_part_reach_back_for_their_past_only(tmp_path):
    """20 rows, 14 of train: the targets of each part are its own rows, every row once a place."""
    data = settings(level="none", split=Shares(train=0.7, dev=0.1))
    path = table(tmp_path / "t.csv", 20)
    sets = {part: windows(path, data, part) for part in ("train", "dev", "test")}
    targets = {
        part: sorted(
            {int(row) for i in range(len(s)) for row in s.batch(np.array([i])).target[0, :, 0]}
        )
        for part, s in sets.items()
    }
    assert targets == {"train": list(range(3, 14)), "dev": [14, 15], "test": [16, 17, 18, 19]}


def test_months_and_borders_cut_where_they_say(tmp_path):
    path = table(tmp_path / "t.csv", 130)
    months = settings(split=Months(train=2, dev=1, test=1, rows_a_day=1))
    borders = settings(split=Borders(dev=61, test=91))
    dates = settings(split=Borders(dev="2024-02-29 10:00", test="2024-03-01 16:00"))
    file = read_dated(path, months, (), None)
    spans = [divided([file], data)["dev"].spans for data in (months, borders, dates)]
    assert spans == [[(57, 90)]] * 3


def test_no_window_holds_a_bad_row(tmp_path):
    path = tmp_path / "t.csv"

    data = settings(level="none")
    with BadRows(tmp_path / "bad.tsv") as bad:
        file = read_dated(table(path, 20, bad=9), data, (), bad)
    pairs = window_set(whole([file]), data, SAME, np.array([0, 1]), 1)
    assert bad.count == 1
    assert not {int(start) for start in pairs.starts} & set(range(5, 10))
    assert len(pairs) == 16 - 5


@pytest.mark.parametrize(
    ("level", "expected"),
    [("none", [[0, 1]]), ("last", [[4, 1]]), ("window", [[2, np.sqrt(8 / 3 + 1e-5)]])],
)
def test_a_level_is_taken_out_as_its_formula_says(level, expected):
    source = np.array([[[0.0], [2.0], [4.0]]], np.float32)
    offset, factor = level_of(source, level)
    np.testing.assert_allclose([[offset[0, 0], factor[0, 0]]], expected, rtol=1e-6)


@pytest.mark.parametrize("level", ["none", "last", "window"])
def test_a_level_put_back_gives_what_was_there(tmp_path, level):
    data = settings(level=level)
    batch = windows(table(tmp_path / "t.csv", 20), data).batch(np.array([2, 5]))
    np.testing.assert_allclose(batch.restored(batch.target)[:, :, 0], [[5, 6], [8, 9]], rtol=1e-5)


def test_an_epoch_has_every_pair_once_and_can_be_entered_midway(tmp_path):
    lengths = [3, 9, 4, 4, 7, 1, 2, 8, 8, 5, 3]
    pairs = PairSet(*([np.ones((n, 2), np.float32) for n in lengths] for _ in range(2)))
    batches = FrameBatches(set=pairs, max_pairs=3, max_frames=40, seed=3)
    plan = [batch.indices.tolist() for batch in batches.epoch(2)]
    assert sorted(i for indices in plan for i in indices) == list(range(11))
    assert plan == [batch.indices.tolist() for batch in batches.epoch(2)]
    assert plan[1:] == [batch.indices.tolist() for batch in batches.epoch(2, skip=1)]
    assert batches.num_batches(2) == len(plan)
    assert all(len(each) <= 3 for each in plan)
    assert plan != [batch.indices.tolist() for batch in batches.epoch(3)]
    assert sorted(i for b in batches.in_order() for i in b.indices.tolist()) == list(range(11))


def test_dates_are_points_on_circles():
    noon_monday = np.array(["2024-01-01T12"], "datetime64[s]")
    found = covariates(noon_monday, ("hour", "weekday", "year"))
    turns = [1 / 2, 0.5 / 7, 0.5 / 366]
    expected = [f(2 * np.pi * turn) for turn in turns for f in (np.sin, np.cos)]
    np.testing.assert_allclose(found[0], expected, atol=1e-6)


def test_dates_go_on_as_far_apart_as_before():
    times = np.array(["2024-02-28T22", "2024-02-28T23", "2024-02-29T00"], "datetime64[s]")
    assert [str(t) for t in onward(times, 2)] == ["2024-02-29T01:00:00", "2024-02-29T02:00:00"]


def test_dates_that_go_back_are_refused_with_their_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("date,a\n2024-01-02,1\n2024-01-01,2\n")
    with pytest.raises(UserError, match=r"t\.csv:3: 'date' must rise"):
        read_times(str(path), "date")
    path.write_text("date,a\nyesterday,1\n")
    with pytest.raises(UserError, match=r"t\.csv:2: 'date' must be a date"):
        read_times(str(path), "date")


def test_a_row_without_a_date_is_set_aside_in_its_place(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("date,a\n2024-01-01,1\nyesterday,2\n2024-01-03,3\n")
    with BadRows(tmp_path / "bad.tsv") as bad:
        file = read_dated(str(path), settings(), (), bad)
    assert bad.path.read_text().startswith(f"{path}:3\t'date' must be a date")
    assert np.isnan(file.table.values[:, 0]).tolist() == [False, True, False]
    assert np.isnat(file.times).tolist() == [False, True, False]


def pairs_file(path, *records):
    lines = [json.dumps({"source": source, "target": target}) for source, target in records]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ([[1, 2]], [[1], [2]], "as many|for each other|same"),
        ([[1, 2], [3]], [[1], [2]], r":2: source: frame 2: must have 2 features"),
        ([], [], r":2: source: .*empty"),
        (
            [[1, 2], [float("nan"), 2]],
            [[1], [2]],
            r":2: source: frame 2, feature 1: must be a finite",
        ),
        (
            [[1, 2]] * 6,
            [[1]] * 6,
            r":2: source: a sequence may have 5 frames.*raise data\.max_source",
        ),
    ],
)
def test_a_bad_pair_is_one_line_with_file_and_record(tmp_path, source, target, said):
    good = ([[1, 2], [3, 4]], [[5], [6]])
    path = pairs_file(tmp_path / "p.jsonl", good, (source, target))
    with pytest.raises(UserError, match=said) as error:
        read_sides([path], PairData(max_source=5), same_length=True, bad=None)
    assert "p.jsonl:2" in str(error.value)


def test_pairs_are_held_out_once(tmp_path):
    records = [([[i]], [[i]]) for i in range(30)]
    both = read_sides([pairs_file(tmp_path / "p.jsonl", *records)], PairData(), True, None)
    train, dev = held_out(both, None, 1)
    values = [float(each[0, 0]) for part in (train, dev) for each in part.sources]
    assert len(dev) == 3
    assert sorted(values) == [float(i) for i in range(30)]
    with pytest.raises(UserError, match="must leave something"):
        held_out(both, 30, 1)


def test_scaling_goes_both_ways():
    side = Features(Scaler((1.0, 10.0), (2.0, 5.0)))
    both = [np.array([[3.0, 0.0], [1.0, 10.0]], np.float32)]
    pairs = scaled(type("B", (), {"sources": both, "targets": both})(), Setting(side, side))
    batch = pairs.batch(np.array([0]))
    assert batch.source[0].tolist() == [[1, -2], [0, 0]]
    np.testing.assert_allclose(side.scaler.undo(batch.restored(batch.target))[0], both[0])


def test_a_setting_survives_its_file(tmp_path):
    source = Features(Scaler((1.0, 2.5), (0.1, 3.0)), ("a", "b"))
    setting = Setting(source, replace(source.only([1]), bits=True))
    setting.save(tmp_path)
    assert Setting.load(tmp_path) == setting
    assert setting.targets.tolist() == [1]
    (tmp_path / "features.json").write_text("{}")
    with pytest.raises(UserError, match=r"features\.json"):
        Setting.load(tmp_path)


def test_a_setting_of_before_there_were_bits_has_none(tmp_path):
    source = Features(Scaler((1.0, 2.5), (0.1, 3.0)), ("a", "b"))
    Setting(source, source.only([1])).save(tmp_path)
    path = tmp_path / "features.json"
    record = json.loads(path.read_text())
    path.write_text(
        json.dumps(
            {k: {n: v for n, v in side.items() if n != "bits"} for k, side in record.items()}
        )
    )
    assert Setting.load(tmp_path) == Setting(source, source.only([1]))


def test_a_forecast_begins_where_it_is_asked_to(tmp_path):
    path, data = table(tmp_path / "t.csv", 20), settings(known=("hour",))
    setting = Setting(Features(SAME, ("a", "b")), Features(SAME, ("a", "b")))
    [last] = read_sources(path, data, setting)
    [early] = read_sources(path, data, setting, at="11")
    [dated] = read_sources(path, data, setting, at="2024-02-27 08:00")
    assert len(last.values) == 20
    assert last.actual is None
    assert early.values[-1, 0] == 9
    assert early.actual is not None
    assert early.actual[:, 0].tolist() == [10, 11]
    assert dated.values.tolist() == early.values.tolist()
    batch = batch_of([early], data, setting)
    expected = covariates(np.array(["2024-02-27T08", "2024-02-27T09"], "datetime64[s]"), ["hour"])
    np.testing.assert_allclose(batch.known[0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((2, 2), np.float32), "looks at 3 rows, but here are 2"),
        (np.zeros((3, 4), np.float32), "frames of 2 features"),
        (np.full((3, 2), np.nan, np.float32), "must be finite"),
    ],
)
def test_what_cannot_be_forecast_is_said(values, said):
    side = Features(SAME, ("a", "b"))
    with pytest.raises(UserError, match=said):
        batch_of([Source(values)], WindowData(lookback=3, horizon=2), Setting(side, side))


def answer(frames=2, number=1):
    values = np.arange(frames * 2, dtype=np.float32).reshape(frames, 2)
    return Conversion(
        values, values + 1, {0.1: values - 1, 0.9: values + 2}, np.ones((frames, 3)) / 3, ("a", "b"),
        number=number,
    )  # fmt: skip


def test_answers_survive_their_files(tmp_path):
    answers = [answer(2), answer(3, number=4)]
    for name in ("x.jsonl", "x.csv", "x.npz"):
        write_answers(tmp_path / name, answers)
    first = json.loads((tmp_path / "x.jsonl").read_text().splitlines()[0])
    assert first["frames"] == [[0, 1], [2, 3]]
    assert first["quantiles"]["0.9"] == [[2, 3], [4, 5]]
    rows = list(csv.DictReader((tmp_path / "x.csv").read_text().splitlines()))
    assert [row["record"] for row in rows] == ["1", "1", "4", "4", "4"]
    assert (rows[1]["a"], rows[1]["b_scale"], rows[1]["b_q0.1"]) == ("2", "4", "2")
    arrays = np.load(tmp_path / "x.npz")
    assert arrays["frames_lengths"].tolist() == [2, 3]
    assert arrays["records"].tolist() == [1, 4]
    assert arrays["q0.9_points"].shape == (5, 2)
    assert "attention" not in json.loads(jsonl(answers[0]))
    with pytest.raises(UserError, match=r"/x\.npy: a \.npy file holds answers of one length"):
        write_answers(tmp_path / "x.npy", answers)
    with pytest.raises(UserError, match=r"end in \.jsonl"):
        write_answers(tmp_path / "x.doc", answers)


HOUR = np.timedelta64(1, "h")


def hourly(*hours):
    return np.datetime64("2024-01-01T00", "s") + np.array(hours) * HOUR


def test_even_steps_in_time_are_not_worth_a_word():
    assert uneven(hourly(0, 1, 2, 3)) == ""
    assert uneven(hourly(0)) == ""
    months = np.array([f"2024-{month:02}-01" for month in range(1, 13)], "datetime64[s]")
    assert uneven(months) == ""
    aside = hourly(0, 1, 2, 3, 4)
    aside[2] = np.datetime64("NaT")
    assert uneven(aside) == ""


def test_uneven_steps_in_time_are_counted_and_the_first_is_named():
    assert uneven(hourly(0, 1, 2, 503, 504, 506, 507)) == (
        "2 of 6 steps in time are not 1:00:00 long, as most are; the first one leads to row 4 "
        "(2024-01-21T23:00:00), 20 days, 21:00:00 after the row before. Windows run across them"
    )


def test_what_is_to_be_said_of_a_table_names_its_file(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{time},{n},{n % 2}" for n, time in enumerate(hourly(0, 1, 2, 9))]
    path.write_text("date,,a\n" + "\n".join(rows) + "\n")
    first, second = read_dated(str(path), settings(), (), None).notes
    assert first == f"{path}: column 2 has no name and counts the rows: it is left out"
    assert second.startswith(f"{path}: 1 of 3 steps in time are not 1:00:00 long")
    assert read_dated(str(path), WindowData(), ("a",), None).notes == []


def named_sources(tmp_path, data):
    side = Features(SAME, ("a", "b"))
    setting = Setting(side, side)

    def said(name, write):
        path = tmp_path / name
        write(path)
        with pytest.raises(UserError) as error:
            batch_of(read_sources(str(path), data, setting), data, setting)
        return str(error.value).removeprefix(f"{tmp_path}/")

    return said


def test_what_is_wrong_with_a_source_is_said_with_its_file_and_record(tmp_path):
    windows = named_sources(tmp_path, WindowData(lookback=3, horizon=2))
    short = [[[1, 2]] * 3, [[1, 2]] * 2]
    assert windows(
        "s.jsonl", lambda path: path.write_text("\n".join(map(json.dumps, short)))
    ).startswith("s.jsonl:2: a forecast looks at 3 rows, but here are 2.")
    assert windows("t.csv", lambda path: table(path, 2)).startswith(
        "t.csv: a forecast looks at 3 rows, but here are 2."
    )


def test_a_row_that_was_set_aside_among_those_looked_at_is_named(tmp_path):
    data, side = WindowData(lookback=3, horizon=2), Features(SAME, ("a", "b"))
    path = table(tmp_path / "t.csv", 9, bad=7)
    with BadRows(tmp_path / "bad.tsv") as bad:
        sources = read_sources(path, data, Setting(side, side), bad=bad)
    with pytest.raises(UserError, match=r"t\.csv: all numbers .* but in row 8 some are not\."):
        batch_of(sources, data, Setting(side, side))


def heard(path, samples):
    write_wav(path, Sound(np.zeros(samples, np.float32), RATE))
    return str(path)


@pytest.mark.parametrize(
    ("samples", "features", "said"),
    [
        (0, 80, "a.wav: must hold a sound, but has no samples."),
        (256 * 9, 80, "a.wav:1: a sequence may have 8 frames, but this one has 10. Shorten it, or"),
        (256, 3, "a.wav:1: a frame must have 3 features, but these have 80."),
    ],
)
def test_a_sound_that_cannot_be_a_source_is_one_line(tmp_path, samples, features, said):
    side = Features(Scaler((0.0,) * features, (1.0,) * features))
    data, path = PairData(max_source=8), heard(tmp_path / "a.wav", samples)
    with pytest.raises(UserError) as error:
        read_sources(path, data, Setting(side, side))
    assert str(error.value).removeprefix(f"{tmp_path}/").startswith(said)
    assert "\n" not in str(error.value)


def test_a_sound_that_is_too_long_is_set_aside(tmp_path):
    side, data = Features(Scaler((0.0,) * 80, (1.0,) * 80)), PairData(max_source=8)
    long, fitting = heard(tmp_path / "a.wav", 256 * 9), heard(tmp_path / "b.wav", 256 * 7)
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert read_sources(long, data, Setting(side, side), bad=bad) == []
    assert bad.count == 1
    [source] = read_sources(fitting, data, Setting(side, side))
    assert source.values.shape == (8, 80)


@pytest.mark.parametrize("at", ["\u00b2", "3.5", "", "-1"])
def test_a_point_in_time_that_is_none_is_one_line(tmp_path, at):
    side, data = Features(SAME, ("a", "b")), WindowData(lookback=3, horizon=2)
    path = table(tmp_path / "t.csv", 9)
    with pytest.raises(UserError, match="a point in time is the number of a row"):
        read_sources(path, data, Setting(side, side), at=at)
