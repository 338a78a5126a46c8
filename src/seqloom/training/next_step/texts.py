"""From files of text to ids: a stream, or a line at a time; and what there is to say about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqloom.config.next_step import NextStepRecipe
from seqloom.config.next_step_data import TextData
from seqloom.data.bad_rows import BadRows, Fault, settle
from seqloom.data.example import Example
from seqloom.data.next_step.texts import read_texts
from seqloom.data.sources.lines import Line
from seqloom.data.split import HoldOut
from seqloom.errors import UserError
from seqloom.symbols import UNK
from seqloom.text.codec import Codec
from seqloom.text.normalize import normalize

Stream = NDArray[np.int32]
_NOTABLE = 0.01
"""Share of unknown tokens that is worth a word."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Lines as ids, <eos> at the end of each; `characters` counts the line ends too."""

    lines: list[list[int]]
    characters: int

    @property
    def stream(self) -> Stream:
        return np.concatenate([np.array(line, dtype=np.int32) for line in self.lines])

    @property
    def tokens(self) -> int:
        return sum(map(len, self.lines))


@dataclass(frozen=True, slots=True)
class Texts:
    """What a run on text reads."""

    codec: Codec
    train: Encoded
    dev: Encoded
    notes: list[str] = field(default_factory=list[str])


def prepare_texts(recipe: NextStepRecipe, folder: Path, codec: Codec | None) -> Texts:
    """Read, cut into tokens and encode; with a `codec`, use it instead of training one."""
    data = _data(recipe)
    if not data.train:
        raise UserError(
            "no training data: give files with --data FILE or set data.train in the recipe."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with (
        _Aside(data, folder / "bad-train.tsv") as bad_train,
        _Aside(data, folder / "bad-dev.tsv") as bad_dev,
    ):
        notes: list[str] = []
        train = list(read_texts(data.train, data, bad_train.rows))
        if data.dev:
            dev = list(read_texts(data.dev, data, bad_dev.rows))
        else:
            train, dev = _held_out(train, data, recipe.seed, notes)
        codec = codec or Codec.train(data.tokens, (line.text for line in train))
        texts = Texts(
            codec,
            encode(train, codec, data, bad_train.rows),
            encode(dev, codec, data, bad_dev.rows),
            notes,
        )
        notes += [note for bad in (bad_train, bad_dev) if (note := bad.note)]
    if note := _unknown(texts.dev):
        notes.append(note)
    return texts


def encode(
    lines: Sequence[Line], codec: Codec, data: TextData, bad: BadRows | None = None
) -> Encoded:
    """Lines as ids. Where each is a sequence, those that are too long are faults."""
    ids: list[list[int]] = []
    characters = 0
    for line in lines:
        encoded = codec.encode(line.text)
        if not data.stream and len(encoded) > data.max_length:
            reason = f"a line may have {data.max_length} tokens, but this one has {len(encoded)}."
            settle(Fault(line.place, reason, "Raise data.max_length.", line.text), bad)
            continue
        ids.append(encoded)
        settings = codec.settings
        characters += len(normalize(line.text, settings.normalize, settings.lowercase)) + 1
    if not ids:
        raise UserError(
            f"{lines[0].place.path if lines else 'data'}: no line is left. Raise data.max_length."
        )
    return Encoded(ids, characters)


def texts_to_test(recipe: NextStepRecipe, bad: BadRows | None = None) -> Iterator[Line]:
    """The recipe's own test set: its files, or the end of a stream."""
    data = _data(recipe)
    if data.test:
        return read_texts(data.test, data, bad)
    if data.train and not data.dev and data.stream and data.test_share:
        lines = list(read_texts(data.train, data, bad))
        return iter(lines[_borders(lines, data)[1] :])
    raise UserError(
        "this recipe names no test set. Give files to evaluate on, or set data.test when you train."
    )


def _held_out(
    lines: list[Line], data: TextData, seed: int, notes: list[str]
) -> tuple[list[Line], list[Line]]:
    if data.stream:
        first, second = _borders(lines, data)
        train, dev = lines[:first], lines[first:second]
        if not train or not dev:
            raise UserError(
                f"{data.train[0]}: too short to hold out a dev set. Name one with --dev FILE."
            )
        notes.append(
            f"no dev set was given: the text's last {data.dev_share + data.test_share:.0%} are held "
            f"out, {data.dev_share:.0%} for dev, then {data.test_share:.0%} for testing (--dev FILE)"
        )
        return train, dev
    examples = [Example(line.text) for line in lines]
    split = HoldOut.plan(examples, data.dev_size, seed)
    held = [split.is_dev(example) for example in examples]
    notes.append(f"no dev set was given: {split.size:,} of the lines are held out as one")
    train = [line for line, dev in zip(lines, held, strict=True) if not dev]
    return train, [line for line, dev in zip(lines, held, strict=True) if dev]


def _borders(lines: Sequence[Line], data: TextData) -> tuple[int, int]:
    """The lines where dev and test begin: shares are of the characters."""
    ends = np.cumsum([len(line.text) + 1 for line in lines])
    total = ends[-1]
    dev = np.searchsorted(ends, total * (1 - data.dev_share - data.test_share))
    test = np.searchsorted(ends, total * (1 - data.test_share), side="right")
    return int(dev), int(test)


class _Aside:
    """Where bad rows go, if they are to be set aside."""

    def __init__(self, data: TextData, path: Path) -> None:
        self.rows = BadRows(path) if data.skip_bad else None

    def __enter__(self) -> "_Aside":
        return self

    def __exit__(self, *_: object) -> None:
        if self.rows is not None:
            self.rows.close()

    @property
    def note(self) -> str:
        if self.rows is None or not self.rows.count:
            return ""
        return (
            f"{self.rows.count:,} bad row(s) set aside, each with its reason, in {self.rows.path}"
        )


def _unknown(dev: Encoded) -> str:
    share = float(np.mean(dev.stream == UNK))
    if share < _NOTABLE:
        return ""
    return (
        f"{share:.1%} of the dev set's tokens were never seen in training and are read as <unk> "
        "(characters, bytes or subwords in data.tokens.kind leave fewer)"
    )


def _data(recipe: NextStepRecipe) -> TextData:
    assert isinstance(recipe.data, TextData)
    return recipe.data
