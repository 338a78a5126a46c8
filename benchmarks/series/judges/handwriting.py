"""Drawings: nats on the test set, a sheet at three biases, and drawings that were begun by others."""

from dataclasses import replace
from pathlib import Path

from benchmarks.series.pictures import small
from benchmarks.series.row import Judged, Judging
from seqloom.config.next_step_data import StrokeData
from seqloom.data.next_step.drawings import read_drawings
from seqloom.explain.strokes import Drawing
from seqloom.explain.strokes_png import png_sheet
from seqloom.generation.results import Sample
from seqloom.generator import Generator
from seqloom.search.stepper import Reals

BIASES = (0.0, 0.5, 2.0)
_COLUMNS = 10
_BEGUN = 5
"""Test drawings that are gone on with, each twice."""


def judge(judging: Judging) -> Judged:
    generator = judging.model
    assert isinstance(generator, Generator)
    longest = 20 if judging.quick else None
    found = generator.evaluate()
    return Judged(
        scores={**found.values, **found.counts},
        pictures={
            **_biased(generator, judging.folder / "biases.png", longest),
            **_primed(generator, judging.folder / "primed.png", longest),
        },
    )


def _biased(generator: Generator, path: Path, longest: int | None) -> dict[str, str]:
    rows = [generator.generate(_COLUMNS, bias=bias, max_length=longest, seed=1) for bias in BIASES]
    png_sheet([_drawing(sample) for row in rows for sample in row], path, _COLUMNS)
    small(path)
    return {path.name: f"Drawn freely, a row for each bias: {', '.join(f'{b:g}' for b in BIASES)}."}


def _primed(generator: Generator, path: Path, longest: int | None) -> dict[str, str]:
    """The first half of a test drawing is given: in a column, the original and two continuations."""
    originals = _test_drawings(generator)
    continued = [
        generator.generate(2, prime=each[: len(each) // 2], bias=0.5, max_length=longest, seed=1)
        for each in originals
    ]
    whole = [Drawing(each, given=len(each)) for each in originals]
    drawn = [_drawing(pair[number]) for number in range(2) for pair in continued]
    png_sheet([*whole, *drawn], path, _BEGUN)
    small(path)
    return {
        path.name: "Above, five drawings of the test set; below each, two that go on from its first "
        "half (orange) at bias 0.5."
    }


def _test_drawings(generator: Generator) -> list[Reals]:
    data = generator.recipe.data
    assert isinstance(data, StrokeData)
    drawings = read_drawings(list(data.train), data, data.test_part)
    return [drawing.offsets for drawing in drawings[:_BEGUN]]


def _drawing(sample: Sample) -> Drawing:
    assert sample.offsets is not None
    return replace(Drawing(sample.offsets), given=sample.given)
