"""Forecasts: errors on the test months, and one of them as a picture."""

from benchmarks.series.pictures import narrowed, small
from benchmarks.series.row import Judged, Judging
from seqloom.converter import Converter

AT = 12_001
"""The row of ETTh1 that the picture's forecast begins with: well inside the test months."""
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
        scores=dict(converter.evaluate().record()),
        pictures={
            path.name: f"Hours known, what came, the median and the bands between quantiles; below, "
            f"the past hours that each step looked at. The first hour forecast is {when}."
        },
    )
