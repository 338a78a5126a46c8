"""Recognition: character errors on the recipe's test set, and one sentence's attention.

Of handwriting also: how often a reader that was trained on drawn lines misreads what the synthesis row
wrote, at three biases. The texts are of the test part, so neither was trained on them.
"""

from statistics import fmean

import seqloom
from benchmarks.series.judges.synthesis import unseen
from benchmarks.series.pictures import small
from benchmarks.series.row import Judged, Judging
from seqloom.evaluation import Evaluation
from seqloom.explain.statistics import statistics
from seqloom.generator import Generator
from seqloom.metrics import evaluate
from seqloom.model import Model

WRITER = "synthesis/hershey"
BIASES = (0.0, 0.5, 1.0)
_LINES = 100
_READABLE = 40
"""Positions whose columns are wide enough to be told apart."""


def judge(judging: Judging) -> Judged:
    """The recipe's own test set."""
    reader = judging.model
    assert isinstance(reader, Model)
    found = reader.evaluate(metrics=["cer", "exact"])
    return Judged(
        scores={**_of(found), "monotonicity": _monotonicity(found)},
        pictures=_attention(reader, found, judging),
    )


def judge_handwriting(judging: Judging) -> Judged:
    """The same, and the lines of the synthesis row."""
    judged, reader = judge(judging), judging.model
    assert isinstance(reader, Model)
    writer = seqloom.load(judging.out / WRITER / "run")
    assert isinstance(writer, Generator)
    texts = unseen(3 if judging.quick else _LINES)
    longest = 20 if judging.quick else None
    for bias in BIASES:
        drawn = [
            writer.generate(1, text=text, bias=bias, max_length=longest)[0].offsets
            for text in texts
        ]
        read = [reader.predict(offsets).text for offsets in drawn if offsets is not None]
        report = evaluate(read, [[text] for text in texts], ["cer"])
        score = report["cer"]
        judged.scores[f"written at bias {bias:g}, cer"] = score.value
        judged.scores[f"written at bias {bias:g}, cer, low"] = score.low or 0.0
        judged.scores[f"written at bias {bias:g}, cer, high"] = score.high or 0.0
    judged.scores["lines written"] = len(texts)
    return judged


def _of(found: Evaluation) -> dict[str, float]:
    scores = {score.name: score for score in found.report.scores}
    cer = scores["cer"]
    return {
        "cer": cer.value,
        "cer, low": cer.low or 0.0,
        "cer, high": cer.high or 0.0,
        "exact": scores["exact"].value,
        "sequences": len(found.examples),
    }


def _monotonicity(found: Evaluation) -> float:
    """Mean over the test set: the share of steps that do not look back."""
    each = [
        statistics(result.source_tokens, result.outputs[0])
        for result in found.results
        if result.outputs
    ]
    return fmean(one.monotonicity for one in each if one is not None)


def _attention(reader: Model, found: Evaluation, judging: Judging) -> dict[str, str]:
    """Of the longest source whose picture, a column for each position, can be read; else the shortest."""
    positions = [len(result.source_tokens) for result in found.results]
    readable = [count for count in positions if count <= _READABLE]
    chosen = found.examples[positions.index(max(readable) if readable else min(positions))]
    path = judging.folder / "attention.png"
    reader.explain(chosen).png(path)
    small(path)
    said = f"'{chosen.target}'"
    return {
        path.name: f"What each character written looked at, from left to right in time: {said}."
    }
