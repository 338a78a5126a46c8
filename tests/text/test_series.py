"""A real-valued source as a sequence of positions."""

import numpy as np
import pytest

from seqloom.text.series import Series

FRAMES = np.arange(14, dtype=np.float32).reshape(7, 2)


def test_a_series_has_a_position_for_each_group_of_frames():
    assert [len(Series(FRAMES, joined)) for joined in (1, 2, 3, 7, 8)] == [7, 4, 3, 1, 1]


def test_the_number_at_a_position_tells_its_frames_from_others():
    series, changed = Series(FRAMES, 2), FRAMES.copy()
    changed[5] += 1
    other = Series(changed, 2)
    assert [a == b for a, b in zip(series, other, strict=True)] == [True, True, False, True]
    assert series[1:3] == [series[1], series[2]]


def test_there_is_nothing_beyond_the_end():
    with pytest.raises(IndexError):
        Series(FRAMES, 2)[4]
