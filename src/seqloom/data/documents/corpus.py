"""Documents on disk: encoded once and memory-mapped from then on.

The files are those of a corpus of pairs (data/corpus.py), and so are all guarantees:

    source   the words of a document, sentence after sentence
    target   its labels
    links    how many words each of its sentences has
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from seqloom.data.corpus import Corpus
from seqloom.search.stepper import Ids


class Encoded(NamedTuple):
    """A document as ids: sentences of words, none of them empty, and its labels."""

    sentences: list[list[int]]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class DocumentCorpus:
    """Documents, reached by their position."""

    pairs: Corpus

    @classmethod
    def write(
        cls, folder: Path, documents: Iterable[Encoded], vocabulary: int, labels: int, longest: int
    ) -> Self:
        """Append documents to new files as they come, and open them; `longest` is the most words
        that a sentence may have. Raises UserError if the disk is full."""
        rows = (_row(*document) for document in documents)
        return cls(Corpus.write(folder, rows, vocabulary, max(1, labels), longest + 1))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Raises UserError if the files are missing or cut short."""
        return cls(Corpus.open(folder))

    def __len__(self) -> int:
        return len(self.pairs)

    @cached_property
    def words(self) -> Ids:
        """The number of words in each document."""
        return self.pairs.source.lengths(0, len(self))

    @cached_property
    def sentences(self) -> Ids:
        """The number of sentences in each document."""
        assert self.pairs.links is not None
        return self.pairs.links.lengths(0, len(self))

    def document(self, index: int) -> list[Ids]:
        """Sentences of word ids."""
        assert self.pairs.links is not None
        words = self.pairs.source[index].astype(np.int64)
        return np.split(words, np.cumsum(self.pairs.links[index].astype(np.int64))[:-1])

    def labels(self, index: int) -> tuple[int, ...]:
        return tuple(self.pairs.target[index].tolist())

    def label_counts(self, labels: int) -> list[int]:
        """How many documents have each label."""
        return np.bincount(self.pairs.target.ids, minlength=labels).tolist()


def _row(
    sentences: Sequence[Sequence[int]], labels: Sequence[int]
) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    assert sentences
    assert all(sentences), "an empty sentence"
    return list(chain.from_iterable(sentences)), labels, [len(each) for each in sentences]
