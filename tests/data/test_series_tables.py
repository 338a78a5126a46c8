"""Tables, windows over them, and scaling."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqloom.data.bad_rows import BadRows
from seqloom.data.series.calendar import read_times
from seqloom.data.series.scaling import Scaler, fit
from seqloom.data.series.table import Table, read_table
from seqloom.data.series.windows import ETT_HOURS, parts, windows
from seqloom.errors import UserError


def written(path: Path, *rows: str) -> str:
    path.write_text("".join(f"{row}\n" for row in rows))
    return str(path)


def column(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float32)[:, None]


def test_a_table_has_the_columns_that_hold_numbers(tmp_path):
    path = written(tmp_path / "a.csv", "date,x,y", "2016-07-01 00:00:00,1,2.5", "later,3,-4")
    table = read_table(path)
    assert table.names == ("x", "y")
    assert table.values.tolist() == [[1, 2.5], [3, -4]]
    assert table.columns(["y"]) == [1]


def test_columns_come_in_the_order_asked_for(tmp_path):
    path = written(tmp_path / "a.csv", "x,y,z", "1,2,3")
    assert read_table(path, ["z", "x"]).values.tolist() == [[3, 1]]


def test_parquet_is_read_alike(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({"when": ["a", "b"], "x": [1, 2], "y": [0.5, None]}), path)
    with BadRows(tmp_path / "bad.tsv") as bad:
        table = read_table(str(path), bad=bad)
    assert table.names == ("x", "y")
    assert table.values[0].tolist() == [1, 0.5]
    assert np.isnan(table.values[1]).all()
    assert bad.path.read_text().startswith(f"{path}:2\t'y' must be a finite number, but is None.")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,", "'y' must be a finite number, but is empty."),
        ("nan,1", "'x' must be a finite number, but is nan."),
        ("1,inf", "'y' must be a finite number, but is inf."),
        ("1,oops", "'y' must be a finite number, but is oops."),
        ("1,1e39", "'y' must be a finite number, but is 1e39."),
        ("1,2,3", "expected 2 columns as in the header, but found 3."),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path, row, reason):
    path = written(tmp_path / "a.csv", "x,y", "1,2", row, "3,4")
    with pytest.raises(UserError) as error:
        read_table(path)
    assert str(error.value).startswith(f"{path}:3: {reason} ")


@pytest.mark.parametrize("bits", [["y"], []])
def test_a_column_of_bits_holds_nothing_else(tmp_path, bits):
    path = written(tmp_path / "a.csv", "x,y", "0,1", "1.0,0", "1,0.5", "0,1")
    with pytest.raises(UserError) as error:
        read_table(path, bits=bits)
    assert str(error.value).startswith(f"{path}:4: 'y' must be 0 or 1, but is 0.5. ")
    with BadRows(tmp_path / "bad.tsv") as bad:
        table = read_table(path, bad=bad, bits=bits)
    assert bad.count == 1
    assert np.isnan(table.values[2]).all()
    assert table.values[[0, 1, 3]].tolist() == [[0, 1], [1, 0], [0, 1]]


def test_columns_beside_those_of_bits_hold_any_number(tmp_path):
    path = written(tmp_path / "a.csv", "x,y", "2,1", "-0.5,0")
    assert read_table(path, bits=["y"]).values.tolist() == [[2, 1], [-0.5, 0]]


def test_an_unknown_column_of_bits_is_named_with_the_nearest(tmp_path):
    path = written(tmp_path / "a.csv", "heater", "1")
    with pytest.raises(UserError, match=r"no column 'heeter'.*heater"):
        read_table(path, bits=["heeter"])


def test_a_row_set_aside_keeps_its_place_and_spoils_the_windows_that_touch_it(tmp_path):
    path = written(tmp_path / "a.csv", "x", "0", "1", "oops", "3", "4", "5")
    with BadRows(tmp_path / "bad.tsv") as bad:
        table = read_table(path, bad=bad)
    assert bad.count == 1
    assert [source.tolist() for source, _ in windows(table.values, 1, 1)] == [[[0]], [[3]], [[4]]]


def test_a_first_row_set_aside_keeps_its_place_too(tmp_path):
    path = written(tmp_path / "a.csv", "x,y", "0", "1,2", "3,4")
    with pytest.raises(UserError, match=r"a\.csv:2: expected 2 columns"):
        read_table(path)
    with BadRows(tmp_path / "bad.tsv") as bad:
        table = read_table(path, bad=bad)
    assert bad.count == 1
    assert np.isnan(table.values[0]).all()
    assert table.values[1:].tolist() == [[1, 2], [3, 4]]


def test_a_column_that_is_empty_in_the_first_row_is_not_forgotten(tmp_path):
    path = written(tmp_path / "a.csv", "date,x,y", "today,1,", "later,3,4")
    with pytest.raises(UserError, match=r"a\.csv:2: 'y' must be a finite number, but is empty"):
        read_table(path)


def test_an_unknown_column_is_named_with_the_nearest(tmp_path):
    path = written(tmp_path / "a.csv", "load,oil", "1,2")
    with pytest.raises(UserError, match=r"no column 'oli'. Did you mean 'oil'"):
        read_table(path, ["oli"])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "must open with a line of column names, but is empty."),
        (["x,y"], "must have rows of numbers below the header, but has none."),
        (["x,y", "a,b"], "at least one column must hold numbers, but the first row has none."),
    ],
)
def test_a_table_without_numbers_is_refused(tmp_path, rows, reason):
    with pytest.raises(UserError) as error:
        read_table(written(tmp_path / "a.csv", *rows))
    assert reason in str(error.value)


def test_windows_by_hand():
    found = windows(column(7), past=2, horizon=1, stride=2)
    assert [(s[:, 0].tolist(), t[:, 0].tolist()) for s, t in found] == [
        ([0, 1], [2]), ([2, 3], [4]), ([4, 5], [6])
    ]  # fmt: skip


def test_a_table_of_one_window_has_one_and_a_shorter_one_is_refused():
    assert len(windows(column(5), 3, 2)) == 1
    with pytest.raises(UserError, match=r"a window takes 3 [+] 2 = 5 rows, but there are 4"):
        windows(column(4), 3, 2)


def test_parts_share_the_past_and_no_target():
    train, dev, test = parts(column(10), (4, 2, 3), past=2)
    assert [part[:, 0].tolist() for part in (train, dev, test)] == [
        [0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7, 8]
    ]  # fmt: skip
    targets = [t[0, 0] for part in (train, dev, test) for _, t in windows(part, 2, 1)]
    assert targets == [2, 3, 4, 5, 6, 7, 8]


def test_parts_larger_than_the_table_are_refused():
    with pytest.raises(UserError, match=r"4 [+] 2 = 6 rows, but there are 5"):
        parts(column(5), (4, 2), past=1)


def test_the_usual_split_of_ett(data):
    table = read_table(str(data / "ett" / "ETTh1.csv"), ["OT"])
    sizes = [len(windows(part, 96, 24)) for part in parts(table.values, ETT_HOURS, past=96)]
    assert sizes == [8640 - 96 - 24 + 1, 2880 - 24 + 1, 2880 - 24 + 1]


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).normal(3, 2, shape).astype(np.float32)


def test_scaling_by_hand():
    # 1, 2, 3, 6: mean 3, variance (4 + 1 + 0 + 9) / 4
    scaler = fit([np.array([[1.0], [2.0]], np.float32), np.array([[3.0], [6.0]], np.float32)])
    assert scaler.mean == (3.0,)
    assert scaler.deviation[0] == pytest.approx((14 / 4) ** 0.5)


def test_one_pass_over_pieces_is_two_passes_over_all():
    frames = random(101, 3) + np.array([0, 1e4, -1e4], np.float32)
    scaler = fit(np.split(frames, [5, 6, 40]))
    whole = frames.astype(np.float64)
    assert scaler.mean == pytest.approx(whole.mean(axis=0).tolist())
    assert scaler.deviation == pytest.approx(whole.std(axis=0).tolist())


def test_scaled_frames_are_standard_and_come_back():
    frames = random(50, 3)
    scaler = fit([frames])
    scaled = scaler.apply(frames)
    assert scaled.dtype == np.float32
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(scaled.std(axis=0), 1, atol=1e-5)
    assert np.allclose(scaler.undo(scaled), frames, atol=1e-5)


def test_a_scaler_comes_back_from_json_as_it_was():
    scaler = fit([random(9, 2)])
    assert Scaler.of_record(json.loads(json.dumps(scaler.record()))) == scaler


@pytest.mark.parametrize(
    "record",
    [{}, {"mean": [1]}, {"mean": [1], "deviation": [0]}, {"mean": [1], "deviation": [1, 2]},
     {"mean": ["x"], "deviation": [1]}, {"mean": [float("nan")], "deviation": [1]}],
)  # fmt: skip
def test_a_damaged_record_is_refused(record):
    with pytest.raises(UserError, match=r"A saved scaler must have"):
        Scaler.of_record(record)


def still() -> np.ndarray:
    """The second feature is 0.1 everywhere, whose variance is not 0 by rounding."""
    frames = random(7, 2)
    frames[:, 1] = 0.1
    return frames


def test_a_constant_feature_is_refused_by_name():
    with pytest.raises(UserError, match=r"feature 'oil' must vary, but is 0.1 in all 14 frames"):
        fit([still(), still()], names=["load", "oil"])


def test_a_constant_feature_is_kept_at_deviation_one_if_allowed():
    frames = still()
    scaler = fit([frames], constant="keep")
    assert scaler.deviation[1] == 1
    assert np.allclose(scaler.apply(frames)[:, 1], 0, atol=1e-6)


def test_a_scaler_may_leave_some_features_as_they_are():
    scaler = Scaler((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)).leaving([1])
    assert scaler == Scaler((1.0, 0.0, 3.0), (4.0, 1.0, 6.0))


def test_bits_are_left_as_they_are():
    frames = still()
    frames[:, 1] = 1.0
    assert (fit([frames], as_they_are=[1]).apply(frames)[:, 1] == 1).all()


def test_what_is_not_finite_is_named():
    frames = random(4, 2)
    frames[2, 1] = np.inf
    with pytest.raises(UserError, match=r"Sequence 2, frame 3: feature 'oil' must be finite.* inf"):
        fit([random(4, 2), frames], names=["load", "oil"])


def test_no_frames_no_scaler():
    with pytest.raises(UserError, match=r"at least one frame"):
        fit([])


def test_a_table_names_its_file_where_a_column_is_missing():
    with pytest.raises(UserError, match=r"a.csv: there is no column 'z'"):
        Table("a.csv", ("x",), column(1)).columns(["z"])


@pytest.mark.parametrize("columns", [[], ["x"], ["y", "x"]])
def test_a_name_over_two_columns_is_refused_where_it_matters(tmp_path, columns):
    path = written(tmp_path / "a.csv", "x,y,x", "1,2,3")
    with pytest.raises(UserError) as error:
        read_table(path, columns)
    assert str(error.value) == (
        f"{path}: a column must have a name of its own, but 'x' stands over columns 1 and 3. "
        "Rename all but one, or name other columns."
    )
    assert read_table(path, ["y"]).values.tolist() == [[2]]


def test_a_name_may_stand_over_two_columns_that_are_not_read(tmp_path):
    path = written(tmp_path / "a.csv", "day,day,y", "Mon,May,2", "Tue,May,3")
    assert read_table(path).names == ("y",)


def test_dates_under_a_name_that_stands_twice_are_refused(tmp_path):
    path = written(tmp_path / "a.csv", "date,date,y", "2024-01-01,2025-01-01,2")
    with pytest.raises(UserError, match=r"'date' stands over columns 1 and 2"):
        read_times(path, "date")


def test_a_column_without_a_name_that_counts_the_rows_is_left_out(tmp_path):
    path = written(tmp_path / "a.csv", ",x,y", "0,1,2", "1,3,oops", "5,4,6")
    with BadRows(tmp_path / "bad.tsv") as bad:
        table = read_table(path, bad=bad)
    assert (table.names, bad.count) == (("x", "y"), 1)
    assert table.values[[0, 2]].tolist() == [[1, 2], [4, 6]]
    assert table.notes == (f"{path}: column 1 has no name and counts the rows: it is left out",)
    # A run that was trained on it asks for it by name.
    assert read_table(path, ["", "x"], bad).values[0].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([",x", "0,1", "2,3", "1,4"], ("", "x")),
        ([",x", "0.5,1", "1.5,3"], ("", "x")),
        (["n,x", "0,1", "1,3"], ("n", "x")),
        ([",day", "0,Monday", "1,Tuesday"], ("",)),
    ],
    ids=["falls", "no whole numbers", "has a name", "all there is"],
)
def test_a_column_that_is_more_than_a_count_is_read(tmp_path, rows, names):
    table = read_table(written(tmp_path / "a.csv", *rows))
    assert (table.names, table.notes) == (names, ())


def test_a_count_is_no_bit(tmp_path):
    path = written(tmp_path / "a.csv", ",x", "7,1", "8,0")
    assert read_table(path, bits=[]).values.tolist() == [[1], [0]]


def test_the_row_numbers_that_pandas_keeps_in_parquet_are_left_out(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"x": [1.0, 2.0], "__index_level_0__": [4, 9]}
    parquet.write_table(arrow.table(columns), tmp_path / "a.parquet")
    assert read_table(str(tmp_path / "a.parquet")).names == ("x",)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_times_of_nanoseconds_are_read(tmp_path, zone):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    second = 1_000_000_000
    when = arrow.array([second + 1, 3 * second + 7], arrow.timestamp("ns", zone))
    took = arrow.array([1, 2], arrow.duration("ns"))
    clock = arrow.array([5, 6], arrow.time64("ns"))
    columns = {"when": when, "took": took, "clock": clock, "x": [1.0, 2.0]}
    path = str(tmp_path / "a.parquet")
    parquet.write_table(arrow.table(columns), path)
    assert read_table(path).names == ("x",)
    assert read_times(path, "when").astype(np.int64).tolist() == [1, 3]
