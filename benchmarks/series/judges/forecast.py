"""Forecasts: errors on the test months, how often what came lay within the band that was forecast, and one
forecast as a picture."""

from collections.abc import Iterator

import numpy as np

from benchmarks.series.pictures import narrowed, small
from benchmarks.series.row import Judged, Judging
from seqloom.config.frame_data import WindowData
from seqloom.converter import Converter
from seqloom.data.frames.sources import Source
from seqloom.data.frames.tables import divided, read_dated

AT = 12_001
"""The row of ETTh1 that the picture's forecast begins with: well inside the test months."""
BAND = (0.1, 0.9)
"""Levels of quantiles. A band between the right ones holds 80% of what comes."""
_APART = 23
"""Rows from one test window of the band to the next: forecasts begin at every hour of the day in turn."""
_PANELS = ("HUFL", "OT")


def judge(judging: Judging) -> Judged:
    converter = judging.model
    assert isinstance(converter, Converter)
    [table] = converter.recipe.data.train
    explanation = converter.explain(table, at=AT)
    explanation = narrowed(explanation, _PANELS)
    path = judging.folder / "forecast.png"
    explanation.png(path)
    small(path)
    when = explanation.answer.times[0]
    return Judged(
        scores={**converter.evaluate().record(), "coverage": coverage(converter)},
        pictures={
            path.name: f"Hours known, what came, the median and the bands between quantiles; below, "
            f"the past hours that each step looked at. The first hour forecast is {when}."
        },
    )


def coverage(converter: Converter) -> float:
    """The share of what came on the test rows that lay within the band, over all steps and columns."""
    windows = list(_windows(converter))
    answers = converter.predict(windows, levels=BAND)
    within: list[np.ndarray] = []
    for window, answer in zip(windows, answers, strict=True):
        assert window.actual is not None
        low, high = (answer.quantiles[level] for level in BAND)
        within.append((low <= window.actual) & (window.actual <= high))
    return float(np.mean(within))


def _windows(converter: Converter) -> Iterator[Source]:
    """Every so many of the test windows, each with what came after it."""
    data, setting = converter.recipe.data, converter.run.setting
    assert isinstance(data, WindowData)
    [path] = data.train
    file = read_dated(path, data, setting.source.names, None)
    values, times = file.table.values, file.times
    [(first, end)] = divided([file], data)["test"].spans
    for now in range(first + data.lookback, end - data.horizon + 1, _APART):
        past = slice(now - data.lookback, now)
        yield Source(
            values[past],
            None if times is None else times[past],
            values[now : now + data.horizon, setting.targets],
        )
