"""From a recipe's data to what the loop reads: vocabularies, and both sets as ids on disk.

The training files are read as often as needed and never held in memory: once to plan the dev split,
where no dev file is given; once or more for the vocabularies; once to encode.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from seqloom.config import Recipe
from seqloom.data.bad_rows import BadRows
from seqloom.data.corpus import Corpus
from seqloom.data.dates import generate
from seqloom.data.example import Example
from seqloom.data.sources import read_pairs
from seqloom.data.split import HoldOut
from seqloom.errors import UserError
from seqloom.text.pair import PairCodec

Examples = Callable[[], Iterable[Example]]
"""A set that can be read any number of times."""


@dataclass
class Sets:
    """Where the training and the dev pairs come from, and what there is to say about them."""

    train: Examples
    dev: Examples
    notes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Prepared:
    """Vocabularies, encoded sets, and the dev pairs that validation decodes."""

    codec: PairCodec
    train: Corpus
    dev: Corpus
    decoded: list[Example]
    notes: list[str]


def find_sets(recipe: Recipe, folder: Path) -> Sets:
    """The two sets of a recipe; a dev set is split off if none is named."""
    data = recipe.data
    if data.embedded is not None and not data.train:
        return Sets(lambda: generate("train", recipe.seed), lambda: generate("dev", recipe.seed))
    if not data.train:
        raise UserError("no training data: give files with --data FILE or set data.train in the recipe.")

    def read(paths: tuple[str, ...], side_file: str) -> Iterator[Example]:
        bad = BadRows(folder / side_file) if data.skip_bad else None
        pairs = read_pairs(paths, data, bad=bad)
        return islice(pairs, data.max_pairs) if data.max_pairs else pairs

    def everything() -> Iterator[Example]:
        return read(data.train, "bad-train.tsv")

    if data.dev:
        return Sets(everything, lambda: read(data.dev, "bad-dev.tsv"))
    split = HoldOut.plan(everything(), data.dev_size, recipe.seed)
    sets = Sets(
        lambda: (pair for pair in everything() if not split.is_dev(pair)),
        lambda: (pair for pair in everything() if split.is_dev(pair)),
    )
    held = sum(1 for _ in sets.dev())
    sets.notes.append(
        f"no dev set was given: {held:,} of the training pairs are held out as one (data.dev names one)"
    )
    return sets


def prepare(recipe: Recipe, folder: Path, codec: PairCodec | None = None) -> Prepared:
    """Read, cut into tokens and encode; with a `codec`, use it instead of training one."""
    sets = find_sets(recipe, folder)
    notes = sets.notes
    codec = codec or PairCodec.train(recipe, sets.train)
    train = _encode(recipe, codec, sets.train, folder / "cache" / "train", limit=True, notes=notes)
    dev = _encode(recipe, codec, sets.dev, folder / "cache" / "dev", limit=False, notes=notes)
    for name in ("bad-train.tsv", "bad-dev.tsv"):
        if (side := folder / name).exists():
            count = sum(1 for _ in side.open("rb")) - 1
            notes.append(f"{count:,} bad rows were set aside, each with its reason, in {side}")
    if not len(train):
        raise UserError("no training pairs are left. See the notes above, or raise data.max_source.")
    return Prepared(codec, train, dev, sampled(sets.dev(), recipe.training.dev_decode), notes)


def _encode(
    recipe: Recipe, codec: PairCodec, examples: Examples, folder: Path, *, limit: bool, notes: list[str]
) -> Corpus:
    too_long = 0

    def encoded() -> Iterator[tuple[list[int], list[int]]]:
        nonlocal too_long
        for example in examples():
            source = codec.source.encode(example.source, example.features)
            target = codec.target.encode(example.target or "")
            fits = len(source) <= recipe.data.max_source and len(target) <= recipe.data.max_target
            if fits or not limit:
                yield source, target
            else:
                too_long += 1

    corpus = Corpus.write(folder, encoded(), codec.source.size, codec.target.size)
    if too_long:
        notes.append(
            f"{too_long:,} training pairs are longer than data.max_source={recipe.data.max_source} "
            f"or data.max_target={recipe.data.max_target} tokens and were left out"
        )
    return corpus


def sampled(examples: Iterable[Example], size: int) -> list[Example]:
    """About `size` examples spread evenly over the set, the same ones every time."""
    kept: list[Example] = []
    stride = 1
    for position, example in enumerate(examples):
        if position % stride == 0:
            kept.append(example)
        if len(kept) > 2 * size:
            kept, stride = kept[::2], stride * 2
    if len(kept) <= size:
        return kept
    return [kept[round(i * (len(kept) - 1) / max(1, size - 1))] for i in range(size)]
