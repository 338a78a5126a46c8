"""One turn of trained.py:

    python -m benchmarks.speed.trained_one export RUN FOLDER CHECKED
    python -m benchmarks.speed.trained_one answer WAY FOLDER SOURCES

CHECKED sources of the test set are asked of both exports; the whole test set, and with it scores, where
it is 0.
"""

import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.speed.drivers.protocol import peak_mb, report, resident_mb
from benchmarks.speed.drivers.ways import Opened, opened
from seqloom.data.example import Example
from seqloom.evaluation import read_test_set
from seqloom.predict import Predictor
from seqloom.runtime import WEIGHTS

_FEW, _SINGLES = 20, 100


def export(run: Path, folder: Path, checked: int) -> None:
    """Both exports. The graphs in 32 bits are checked on all sources beside those in 8, so the export
    in 32 bits alone asks only a few."""
    import seqloom

    model: Any = seqloom.load(run, "cpu")
    examples = islice(read_test_set(model.recipe), checked or _FEW)
    with TemporaryDirectory() as scratch:
        few = Path(scratch) / "sources.txt"
        few.write_text("".join(f"{example.source}\n" for example in examples), "utf-8")
        exact = model.export(folder / "exact", check=few)
        rounded = model.export(folder / "int8", int8=True, check=few if checked else None)
    report(
        weights_megabytes=(run / WEIGHTS).stat().st_size / 1e6,
        megabytes=sum(exact.sizes.values()) / 1e6,
        int8_megabytes=sum(rounded.sizes.values()) / 1e6,
        asked=rounded.checked.on if not checked else "first of the test set",
        sources=rounded.checked.sources,
        same=rounded.checked.same,
        scores=rounded.checked.scores,
        int8_scores=rounded.checked.int8_scores,
    )


def answer(way: str, folder: Path, most: int) -> None:
    """Test sources one by one, then greedily and with a beam of 5 in batches of 64."""
    model = opened(way, folder)
    examples = list(islice(read_test_set(model.recipe), most))
    lengths = [len(model.codec.source.encode(example.source)) for example in examples]
    report(milliseconds=_one_by_one(model, examples), memory_mb=resident_mb())
    for name, beam in (("greedy", 1), ("beam", 5)):
        seconds, tokens = _timed(model, examples, beam)
        report(**{name: tokens / seconds, f"{name}_tokens": tokens / len(examples)})
    report(peak_mb=peak_mb(), source_tokens=sum(lengths) / len(lengths))


def _one_by_one(model: Opened, examples: Sequence[Example]) -> list[float]:
    answering = _predictor(model, 1)
    times: list[float] = []
    for example in [examples[0], *examples[:_SINGLES]]:
        started = time.perf_counter()
        list(answering.predict([example]))
        times.append(1000 * (time.perf_counter() - started))
    return times[1:]


def _timed(model: Opened, examples: Sequence[Example], beam: int) -> tuple[float, int]:
    """Seconds for all of them, and the tokens that were written, <eos> counted."""
    answering = _predictor(model, beam)
    list(answering.predict(examples[:64]))
    started = time.perf_counter()
    results = list(answering.predict(examples))
    return time.perf_counter() - started, sum(len(each.outputs[0].ids) for each in results)


def _predictor(model: Opened, beam: int) -> Predictor[Any]:
    """The recipe's search with another beam."""
    settings = model.recipe.search.model_copy(update={"beam": beam, "batch_size": 64, "nbest": 1})
    return Predictor(model.codec, model.stepper, settings)


def main() -> None:
    action, first, folder, number = sys.argv[1:5]
    if action == "export":
        export(Path(first), Path(folder), int(number))
    else:
        answer(first, Path(folder), int(number))


if __name__ == "__main__":
    main()
