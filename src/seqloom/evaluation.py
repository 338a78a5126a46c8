"""Test sets: what is asked of a model, what it is compared with, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from seqloom.config import Recipe
from seqloom.data.bad_rows import BadRows
from seqloom.data.by_hash import Part
from seqloom.data.example import Example
from seqloom.data.made import Report as Making
from seqloom.data.sources import read_pairs, read_sources
from seqloom.errors import UserError
from seqloom.metrics import Report, merge_references
from seqloom.predict import Result
from seqloom.text.pair import PairCodec

if TYPE_CHECKING:
    from seqloom.export import Questions

_SOME = 2000
"""Training pairs that an export is checked on where there is nothing else."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores, and what they were counted on: item i of each list belongs together."""

    report: Report
    examples: list[Example]
    references: list[list[str]]
    results: list[Result]


def read_test_set(
    recipe: Recipe,
    data: Sequence[str | Path] | None = None,
    bad: BadRows | None = None,
    report: Making | None = None,
) -> Iterable[Example]:
    """The pairs of some files, or of the recipe's own test set if there are none.

    report  is told how much is made of a test set that is made at run time
    """
    settings = recipe.data
    if recipe.series is not None:
        files = [str(path) for path in data or settings.test]
        return _series_of(recipe, files, "test", bad, report)
    if data:
        return read_pairs([str(path) for path in data], settings, bad=bad)
    if settings.test:
        return read_pairs(settings.test, settings, bad=bad)
    if settings.embedded is not None:
        from seqloom.data.dates import generate

        return generate("test", recipe.seed)
    raise UserError("no test set: give a file, or name one in the recipe with data.test.")


def training_pairs(recipe: Recipe, data: Sequence[str | Path] | None = None) -> Iterable[Example]:
    """The pairs of some files, or of the recipe's own training data if there are none."""
    settings = recipe.data
    if recipe.series is not None:
        return _series_of(recipe, [str(path) for path in data or settings.train], "train", None)
    if data or settings.train:
        return read_pairs([str(path) for path in data or settings.train], settings)
    if settings.embedded is not None:
        from seqloom.data.dates import generate

        return generate("train", recipe.seed)
    raise UserError("no training data: give a file of pairs.")


def _series_of(
    recipe: Recipe,
    paths: Sequence[str],
    part: Part,
    bad: BadRows | None,
    report: Making | None = None,
) -> Iterable[Example]:
    """Pairs with real-valued sources: of files, or of a part of data made at run time."""
    from seqloom.data.series.embedded import embedded_pairs
    from seqloom.data.series.sources import read_series_pairs

    if not paths and recipe.data.embedded is None:
        raise UserError(f"no {part} set: give a file, or name one in the recipe.")
    files = paths or [embedded_pairs(recipe.data, report)[part]]
    return read_series_pairs(files, recipe, bad=bad)


def asked(
    examples: Iterable[Example], metrics: Sequence[str], codec: PairCodec
) -> tuple[list[Example], list[list[str]]]:
    """What to ask, and all references of each, in the form that outputs are in.

    A source that stands in several rows is asked once; for BLEU and chrF, which are counted over
    running text, every row counts.
    """
    examples = list(examples)
    if {"bleu", "chrf"} & {*metrics}:
        return examples, _written([[example.target or ""] for example in examples], codec)
    keys, references = merge_references(((e.source, e.features), e.target or "") for e in examples)
    first = {(e.source, e.features): e for e in reversed(examples)}
    return [first[key] for key in keys], _written(references, codec)


def _written(references: list[list[str]], codec: PairCodec) -> list[list[str]]:
    form = codec.target.normalize
    return [[form(reference) for reference in several] for several in references]


def questions(recipe: Recipe, codec: PairCodec, check: str | Path | None) -> "Questions":
    """What an export is checked on: a file of sources if one is given; the test set, else the dev set;
    else some of the training pairs, without their targets."""
    from seqloom.export import Questions

    data, metrics = recipe.data, recipe.metrics
    if check is not None:
        return Questions(str(check), list(read_sources(str(check), data)), None, ())
    if not (data.test or data.dev or data.embedded):
        some = list(islice(read_pairs(data.train, data), _SOME))
        return Questions(f"first {len(some):,} training pairs", some, None, metrics)
    name = "test set" if data.test or data.embedded else "dev set"
    examples = read_test_set(recipe, None if name == "test set" else data.dev)
    return Questions(name, *asked(examples, metrics, codec), metrics)
