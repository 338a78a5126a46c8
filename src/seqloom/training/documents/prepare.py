"""From the files of a classifier to what the loop reads: labels, vocabulary, and both sets as ids on
disk. The files are read as often as needed and never held in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from seqloom.config import DocumentRecipe
from seqloom.data.bad_rows import BadRows
from seqloom.data.documents.codec import DocumentCodec
from seqloom.data.documents.corpus import DocumentCorpus, Encoded
from seqloom.data.documents.document import Document
from seqloom.data.documents.doubts import Doubts
from seqloom.data.documents.labels import Labels
from seqloom.data.documents.read import read_documents
from seqloom.data.example import Example
from seqloom.data.split import HoldOut
from seqloom.errors import UserError


class Documents(Protocol):
    """A set that can be read any number of times; with labels that are `known`, rows with any other are
    bad."""

    def __call__(self, known: Labels | None = None) -> Iterable[Document]: ...


@dataclass
class Sets:
    """all  both sets together where one was split off the other, else the training set"""

    train: Documents
    dev: Documents
    all: Documents
    notes: list[str] = field(default_factory=list[str])
    bad: list[BadRows] = field(default_factory=list[BadRows])


@dataclass(frozen=True, slots=True)
class Prepared:
    codec: DocumentCodec
    train: DocumentCorpus
    dev: DocumentCorpus
    notes: list[str]


def prepare(recipe: DocumentRecipe, folder: Path, codec: DocumentCodec | None = None) -> Prepared:
    """Read, cut and encode; with a `codec`, use it instead of training one."""
    sets = find_sets(recipe, folder)
    codec = codec or _codec(recipe, sets)
    notes = sets.notes
    train = _encode(codec, sets.train, folder / "cache" / "train", "training", notes)
    dev = _encode(codec, sets.dev, folder / "cache" / "dev", "dev", notes)
    for bad in sets.bad:
        bad.close()
        if bad.count:
            notes.append(f"{bad.count:,} bad row(s) set aside, each with its reason, in {bad.path}")
    return Prepared(codec, train, dev, notes)


def find_sets(recipe: DocumentRecipe, folder: Path) -> Sets:
    """The two sets of a recipe; a dev set is split off if none is named."""
    data = recipe.data
    if not data.train:
        raise UserError(
            "no training data: give files with --data FILE or set data.train in the recipe."
        )
    folder.mkdir(parents=True, exist_ok=True)
    bad = [BadRows(folder / f"bad-{name}.tsv") for name in ("train", "dev")] * data.skip_bad

    def train(known: Labels | None = None) -> Iterator[Document]:
        return read_documents(data.train, data, bad=bad[0] if bad else None, known=known)

    def dev(known: Labels | None = None) -> Iterator[Document]:
        return read_documents(data.dev, data, bad=bad[1] if bad else None, known=known)

    if data.dev:
        return Sets(train, dev, train, bad=bad)
    split = HoldOut.plan(map(_asked, train()), data.dev_size, recipe.seed)
    note = (
        f"no dev set was given: {split.size:,} of the training documents are held out as one "
        "(--dev FILE or data.dev names one)"
    )
    return Sets(
        lambda known=None: (each for each in train(known) if not split.is_dev(_asked(each))),
        lambda known=None: (each for each in train(known) if split.is_dev(_asked(each))),
        train,
        [note],
        bad[:1],
    )


def _asked(document: Document) -> Example:
    return Example(document.text)


def _codec(recipe: DocumentRecipe, sets: Sets) -> DocumentCodec:
    where, several = ", ".join(recipe.data.train), recipe.data.multi_label
    doubts = Doubts(recipe.data)
    labels = Labels.of(doubts.watched(sets.all()), where, several)
    sets.notes.extend(doubts.notes())
    return DocumentCodec.train(recipe, (each.text for each in sets.train()), labels)


def _encode(
    codec: DocumentCodec, documents: Documents, folder: Path, name: str, notes: list[str]
) -> DocumentCorpus:
    """The documents as ids; one without a single word is left out and counted."""
    cut, labels, wordless = codec.cutter(), codec.labels, 0

    def encoded() -> Iterator[Encoded]:
        nonlocal wordless
        for document in documents(labels):
            sentences = [sentence.words for sentence in cut(document.text)]
            if sentences:
                yield Encoded(sentences, labels.encode(document.labels or ()))
            else:
                wordless += 1

    longest = codec.recipe.data.max_words
    corpus = DocumentCorpus.write(folder, encoded(), codec.words.size, len(labels), longest)
    if not len(corpus):
        raise UserError(f"no {name} documents are left: none has a word. Is data.text right?")
    if wordless:
        notes.append(f"{wordless:,} {name} documents have no words and were left out")
    if told := str(cut.truncation):
        notes.append(f"{name} set: {told.removesuffix('.')}")
    return corpus
