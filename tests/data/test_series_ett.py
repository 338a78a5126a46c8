"""The standard forecasting set-up."""

import numpy as np
import pytest

from seqloom.data.series.ett import errors, forecasting, repeated
from seqloom.data.series.windows import windows
from seqloom.errors import UserError


def column(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float32)[:, None]


def restored(found, part: int) -> list[list[float]]:
    """First source row and first target row of a part, in units of the data."""
    source, target = found[part][0]
    return [found.scaler.undo(each[:1]).ravel().tolist() for each in (source, target)]


def test_the_parts_of_ett_have_as_many_windows_as_the_figures_count():
    table = np.random.default_rng(0).standard_normal((17_420, 7)).astype(np.float32)
    found = forecasting(table, 96, 24)
    # Rows - past - horizon + 1 in train; in dev and test the `past` rows before them are had besides.
    assert (len(found.train), len(found.dev), len(found.test)) == (
        8640 - 96 - 24 + 1,
        2880 - 24 + 1,
        2880 - 24 + 1,
    )


def test_the_first_target_of_dev_and_test_is_their_first_row():
    found = forecasting(column(20), 3, 2, (10, 5, 5))
    assert restored(found, 0)[1] == pytest.approx([3])
    assert restored(found, 1) == [pytest.approx([7]), pytest.approx([10])]
    assert restored(found, 2) == [pytest.approx([12]), pytest.approx([15])]


def test_scaling_knows_the_training_rows_alone():
    table = np.array([0, 2, 0, 2, 100, 100, 100, 100], dtype=np.float32)[:, None]
    found = forecasting(table, 1, 1, (4, 2, 2))
    assert found.scaler.mean == (1.0,)
    assert found.scaler.deviation == (1.0,)
    assert found.test[0][1].tolist() == [[99]]


def test_rows_behind_the_last_part_are_left_out():
    found = forecasting(column(30), 3, 2, (10, 5, 5))
    assert float(found.scaler.undo(found.test[len(found.test) - 1][1])[-1, 0]) == pytest.approx(19)


def test_a_gap_costs_the_windows_that_touch_it_and_no_scaling():
    table = column(20)
    table[4] = np.nan
    found = forecasting(table, 3, 2, (10, 5, 5))
    assert np.isfinite(found.scaler.mean).all()
    assert len(found.train) == 1
    assert all(np.isfinite(source).all() for source, _ in found.train)


def test_errors_are_means_over_everything():
    # Off by 1, 0, 3 and 2.
    forecasts = np.array([[[1.0, 2.0], [3.0, 4.0]]], dtype=np.float32)
    targets = np.array([[[2.0, 2.0], [0.0, 6.0]]], dtype=np.float32)
    assert errors(forecasts, targets) == (pytest.approx(14 / 4), pytest.approx(6 / 4))


def test_a_gap_in_the_targets_is_left_out_of_the_errors():
    forecasts = np.array([[1.0], [5.0]], dtype=np.float32)
    assert errors(forecasts, np.array([[3.0], [np.nan]], dtype=np.float32)) == (4.0, 2.0)


def test_the_baseline_repeats_what_was_known_last():
    forecasts, targets = repeated(windows(column(6), 2, 3))
    assert forecasts[:, :, 0].tolist() == [[1, 1, 1], [2, 2, 2]]
    assert targets[:, :, 0].tolist() == [[2, 3, 4], [3, 4, 5]]


def test_a_training_part_of_gaps_is_refused():
    with pytest.raises(UserError, match="must have a row without gaps"):
        forecasting(np.full((20, 1), np.nan, dtype=np.float32), 3, 2, (10, 5, 5))


def test_a_short_table_is_refused():
    with pytest.raises(UserError, match="8640 \\+ 2880 \\+ 2880 = 14400 rows, but there are 20"):
        forecasting(column(20), 3, 2)
