"""From a recipe's data to what the loop reads: vocabularies, and both sets as ids on disk.

The training files are read as often as needed and never held in memory: once to plan the dev split,
where no dev file is given; once or more for the vocabularies; once to encode.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import numpy as np

from seqloom.config import Recipe
from seqloom.data.alignments import linked, with_alignments, words_of
from seqloom.data.bad_rows import BadRows
from seqloom.data.batching import Batches, PairSet
from seqloom.data.corpus import Corpus, Integers
from seqloom.data.dates import generate
from seqloom.data.example import Example
from seqloom.data.sources import read_pairs
from seqloom.data.split import HoldOut
from seqloom.errors import UserError
from seqloom.symbols import UNK
from seqloom.text.pair import PairCodec
from seqloom.text.scripts import common_units

_NOTABLE = 0.01
"""Share of unknown dev tokens that is worth a word."""

Examples = Callable[[], Iterable[Example]]
"""A set that can be read any number of times."""


@dataclass
class Sets:
    """Where the training and the dev pairs come from, and what there is to say about them."""

    train: Examples
    dev: Examples
    notes: list[str] = field(default_factory=list[str])
    bad: list[BadRows] = field(default_factory=list[BadRows])


@dataclass(frozen=True, slots=True)
class Prepared:
    """Vocabularies, encoded sets, and the dev pairs that validation decodes."""

    codec: PairCodec
    train: PairSet
    dev: PairSet
    decoded: list[Example]
    notes: list[str]


def find_sets(recipe: Recipe, folder: Path) -> Sets:
    """The two sets of a recipe; a dev set is split off if none is named."""
    data = recipe.data
    if data.embedded == "dates" and not data.train:
        return Sets(lambda: generate("train", recipe.seed), lambda: generate("dev", recipe.seed))
    if not data.train:
        raise UserError(
            "no training data: give files with --data FILE or set data.train in the recipe."
        )

    folder.mkdir(parents=True, exist_ok=True)
    train = _Files(recipe, data.train, folder / "bad-train.tsv", _alignments(recipe))
    if data.dev:
        dev = _Files(recipe, data.dev, folder / "bad-dev.tsv")
        return Sets(train.read, dev.read, bad=[*train.bad, *dev.bad])
    split = HoldOut.plan(train.read(), data.dev_size, recipe.seed)
    note = (
        f"no dev set was given: {split.size:,} of the training pairs are held out as one "
        "(--dev FILE or data.dev names one)"
    )
    return Sets(
        lambda: (pair for pair in train.read() if not split.is_dev(pair)),
        lambda: (pair for pair in train.read() if split.is_dev(pair)),
        [note],
        train.bad,
    )


def _alignments(recipe: Recipe) -> tuple[str, ...]:
    """The files of alignments, one for each training file; none if attention is not guided."""
    if not recipe.training.guided_alignment:
        return ()
    files, train = recipe.data.alignments, recipe.data.train
    if len(files) != len(train):
        raise UserError(
            f"training.guided_alignment asks for a file of alignments for each of the {len(train)} "
            f"training files, but data.alignments has {len(files)}. Name as many, or set it to 0."
        )
    return files


class _Files:
    """The pairs of some files, to be read any number of times; bad rows are set aside but once."""

    def __init__(
        self,
        recipe: Recipe,
        paths: tuple[str, ...],
        side_file: Path,
        alignments: tuple[str, ...] = (),
    ) -> None:
        self.data = recipe.data
        self.paths = paths
        self.alignments = alignments
        self.bad = [BadRows(side_file)] if recipe.data.skip_bad else []

    def read(self) -> Iterator[Example]:
        bad = self.bad[0] if self.bad else None
        pairs = read_pairs(self.paths, self.data, bad=bad)
        if self.alignments:
            both = zip(self.paths, self.alignments, strict=True)
            pairs = chain.from_iterable(
                with_alignments(read_pairs([path], self.data, bad=bad), alignment, self.data)
                for path, alignment in both
            )
        return islice(pairs, self.data.max_pairs) if self.data.max_pairs else pairs


def prepare(recipe: Recipe, folder: Path, codec: PairCodec | None = None) -> Prepared:
    """Read, cut into tokens and encode; with a `codec`, use it instead of training one."""
    sets = find_sets(recipe, folder)
    notes = sets.notes
    codec = codec or _trained(recipe, sets.train)
    train = _encode(recipe, codec, sets.train, folder / "cache" / "train", "training", notes)
    dev = _encode(recipe, codec, sets.dev, folder / "cache" / "dev", "dev", notes)
    plain = dev.source.ids % codec.source.size if codec.copying else dev.source.ids
    notes += [
        note for note in (_unknown(plain, "source"), _unknown(dev.target.ids, "target")) if note
    ]
    decoded = [
        example
        for example in sampled(sets.dev(), recipe.training.dev_decode)
        if len(codec.read(example.source, example.features).ids) <= recipe.data.max_source
    ]
    return finished(sets, Prepared(codec, train, dev, decoded, notes))


def _trained(recipe: Recipe, examples: Examples) -> PairCodec:
    """Vocabularies. Raises UserError where nothing in them can be copied that should be."""
    codec = PairCodec.train(recipe, examples)
    found = common_units(codec, examples()) if codec.copying else None
    if found and not found.alike:
        raise UserError(
            "decoder.copying asks for units that source and target share, but of "
            f"{found.units:,} in targets {_stand(found.common)} in a source: are the scripts "
            "different? Set decoder.copying=false."
        )
    return codec


def _stand(count: int) -> str:
    return f"only {count:,} stand" if count else "none stands"


def finished(sets: Sets, prepared: Prepared) -> Prepared:
    """With what there is to say about bad rows. Raises UserError if nothing is left."""
    for bad in sets.bad:
        bad.close()
        if bad.count:
            prepared.notes.append(
                f"{bad.count:,} bad row(s) set aside, each with its reason, in {bad.path}"
            )
    for name, corpus in (("training", prepared.train), ("dev", prepared.dev)):
        if not len(corpus):
            raise UserError(
                f"no {name} pairs are left. See the notes above, or raise data.max_source and "
                "data.max_target."
            )
    return prepared


def _encode(
    recipe: Recipe,
    codec: PairCodec,
    examples: Examples,
    folder: Path,
    name: Literal["training", "dev"],
    notes: list[str],
) -> Corpus:
    """The pairs as ids. Those that are too long are left out; of the dev set only those whose
    source is, which a model may be unable to read."""
    longest_source = recipe.data.max_source
    longest_target = recipe.data.max_target if name == "training" else None
    guided = name == "training" and recipe.training.guided_alignment > 0
    too_long = 0

    def encoded() -> Iterator[tuple[list[int], ...]]:
        nonlocal too_long
        for example in examples():
            read = codec.read(example.source, example.features)
            source, copied = [*read.ids], read.open
            target = codec.target.encode(example.target or "", open=copied)
            if len(source) <= longest_source and len(target) <= (longest_target or len(target)):
                links = [_links(codec, example, source, target)] if guided else []
                yield source, target, *links
            else:
                too_long += 1

    longest = max(recipe.data.max_source, recipe.data.max_target) if guided else 0
    corpus = Corpus.write(folder, encoded(), *codec.limits, longest)
    if too_long:
        or_target = f" or data.max_target={longest_target}" if longest_target else ""
        notes.append(
            f"{too_long:,} {name} pairs are longer than data.max_source={longest_source}{or_target} "
            "tokens and were left out"
        )
    return corpus


def _links(codec: PairCodec, example: Example, source: list[int], target: list[int]) -> list[int]:
    """The links of an example as positions of its tokens."""
    read, written = codec.source.units(example.source), codec.target.units(example.target or "")
    return linked(
        example,
        words_of(read, codec.source.pieces, len(source) - 1 - len(read)),
        words_of(written, codec.target.pieces),
        (len(source) - 1, len(target) - 1),
    )


def _unknown(ids: Integers, side: Literal["source", "target"]) -> str:
    """A warning where the vocabulary misses much of what the model will be judged on."""
    share = float(np.mean(ids == UNK)) if len(ids) else 0.0
    if share < _NOTABLE:
        return ""
    return (
        f"{share:.1%} of the dev set's {side} tokens were never seen in training and are read as <unk> "
        f"(characters, bytes or subwords in {side}.kind leave fewer)"
    )


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


def batches_of(recipe: Recipe, corpus: PairSet) -> Batches:
    """A set in batches of the recipe's size."""
    return Batches(
        corpus=corpus,
        max_pairs=recipe.training.batch_size,
        max_tokens=recipe.training.batch_tokens,
        seed=recipe.seed,
        shuffle_buffer=recipe.data.shuffle_buffer,
    )
