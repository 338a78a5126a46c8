"""Text: how well the next token is known on the test set, and a text of the model's own."""

from benchmarks.series.row import Judged, Judging
from seqloom.generator import Generator

_LENGTH = 300


def judge(judging: Judging) -> Judged:
    generator = judging.model
    assert isinstance(generator, Generator)
    found = generator.evaluate()
    length = 10 if judging.quick else _LENGTH
    [sample] = generator.generate(1, temperature=0.7, max_length=length, seed=1)
    return Judged(scores={**found.values, **found.counts}, texts={"sample": sample.text})
