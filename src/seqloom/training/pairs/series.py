"""From a recipe's data to what the loop reads where sources are frames or strokes: the scaler, the target
vocabulary, and both sets with scaled frames on disk.

Where no dev set is given, pairs are held out by their texts, so that no text is in both sets.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from seqloom.config import Recipe
from seqloom.data.bad_rows import BadRows
from seqloom.data.example import Example
from seqloom.data.made import Report
from seqloom.data.series.embedded import embedded_pairs
from seqloom.data.series.pair_corpus import SeriesCorpus
from seqloom.data.series.reader import Reader
from seqloom.data.series.sources import read_series_pairs
from seqloom.data.split import HoldOut
from seqloom.errors import UserError
from seqloom.search.stepper import Reals
from seqloom.text.pair import PairCodec
from seqloom.training.pairs.prepare import Examples, Prepared, Sets, finished, sampled


def prepare_series(
    recipe: Recipe, folder: Path, codec: PairCodec | None = None, report: Report | None = None
) -> Prepared:
    """Read, scale and encode; with a `codec`, use it instead of training one."""
    sets = find_series(recipe, folder, report)
    if codec is None:
        targets = (example.target or "" for example in sets.train())
        reader = Reader.fitted(recipe, (_frames(example) for example in sets.train()))
        codec = PairCodec.of_series(recipe, targets, reader)
    train = _encode(recipe, codec, sets.train, folder / "cache" / "train", "training", sets.notes)
    dev = _encode(recipe, codec, sets.dev, folder / "cache" / "dev", "dev", sets.notes)
    decoded = sampled(sets.dev(), recipe.training.dev_decode)
    return finished(sets, Prepared(codec, train, dev, decoded, sets.notes))


def find_series(recipe: Recipe, folder: Path, report: Report | None = None) -> Sets:
    """Where the training and the dev pairs come from; a dev set is split off if none is named.

    report  is told how much is made of data that is made here
    """
    data = recipe.data
    if data.embedded is not None:
        made = embedded_pairs(data, report)
        return Sets(
            _files(recipe, (made["train"],), [], data.max_pairs),
            _files(recipe, (made["dev"],), []),
        )
    if not data.train:
        raise UserError(
            "no training data: give files with --data FILE or set data.train in the recipe."
        )
    folder.mkdir(parents=True, exist_ok=True)
    names = ["bad-train.tsv", *(["bad-dev.tsv"] if data.dev else [])]
    bad = [BadRows(folder / name) for name in names] if data.skip_bad else []
    train = _files(recipe, data.train, bad[:1], data.max_pairs)
    if data.dev:
        return Sets(train, _files(recipe, data.dev, bad[1:]), bad=bad)
    split = HoldOut.plan(map(_text, train()), data.dev_size, recipe.seed)
    note = (
        f"no dev set was given: {split.size:,} of the training pairs are held out as one "
        "(--dev FILE or data.dev names one)"
    )
    return Sets(
        lambda: (pair for pair in train() if not split.is_dev(_text(pair))),
        lambda: (pair for pair in train() if split.is_dev(_text(pair))),
        [note],
        bad,
    )


def _files(recipe: Recipe, paths: Sequence[str], bad: Sequence[BadRows], most: int = 0) -> Examples:
    """The pairs of some files, to be read any number of times."""

    def read() -> Iterator[Example]:
        pairs = read_series_pairs(paths, recipe, bad=bad[0] if bad else None)
        return islice(pairs, most) if most else pairs

    return read


def _encode(
    recipe: Recipe,
    codec: PairCodec,
    examples: Examples,
    folder: Path,
    name: Literal["training", "dev"],
    notes: list[str],
) -> SeriesCorpus:
    """Scaled frames and ids. Training pairs whose target is too long are left out."""
    reader, longest = codec.series, recipe.data.max_target if name == "training" else None
    assert isinstance(reader, Reader)
    too_long = 0

    def encoded() -> Iterator[tuple[Reals, list[int]]]:
        nonlocal too_long
        for example in examples():
            target = codec.target.encode(example.target or "")
            if longest is None or len(target) <= longest:
                yield reader.read(example.source, _frames(example)).frames, target
            else:
                too_long += 1

    corpus = SeriesCorpus.write(folder, encoded(), reader.width)
    if too_long:
        notes.append(
            f"{too_long:,} {name} pairs are longer than data.max_target={longest} tokens and were "
            "left out"
        )
    return corpus


def _frames(example: Example) -> Reals:
    assert example.frames is not None
    return example.frames


def _text(example: Example) -> Example:
    """What a pair is held out by."""
    return Example(example.target or "")
