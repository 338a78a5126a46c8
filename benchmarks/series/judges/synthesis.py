"""Handwriting of a text: nats on the test lines, lines never seen in training, and the window."""

from benchmarks.series.pictures import small
from benchmarks.series.row import Judged, Judging
from seqloom.data.series.hershey import lines
from seqloom.explain.strokes import Drawing
from seqloom.explain.strokes_png import png_sheet
from seqloom.generator import Generator

SEED = 7
"""Of the lines that are written. Their texts are of the test part: none was trained on."""
BIAS = 1.0
_ON_THE_SHEET = 8
_SHORT = 16
"""Characters that a text for the window's picture has at most: it has a row for each."""


def unseen(count: int) -> list[str]:
    return [line.text for line in lines(SEED, count, "test")]


def judge(judging: Judging) -> Judged:
    generator = judging.model
    assert isinstance(generator, Generator)
    longest = 20 if judging.quick else None
    found = generator.evaluate()
    sheet, window = judging.folder / "lines.png", judging.folder / "window.png"
    drawn: list[Drawing] = []
    for text in unseen(_ON_THE_SHEET):
        [sample] = generator.generate(1, text=text, bias=BIAS, max_length=longest)
        assert sample.offsets is not None
        drawn.append(Drawing(sample.offsets, text))
    png_sheet(drawn, sheet, 1)
    short = next(text for text in unseen(1000) if len(text) <= _SHORT)
    generator.explain(short, bias=BIAS, max_length=longest).png(window)
    for path in (sheet, window):
        small(path)
    return Judged(
        scores={**found.values, **found.counts},
        pictures={
            sheet.name: f"Lines never seen in training, at bias {BIAS:g}.",
            window.name: f"phi(t, u) for '{short}': how much point t of the pen looked at character "
            "u, over what was drawn.",
        },
    )
