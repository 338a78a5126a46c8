"""Documents side by side: all sentences of a batch in one pass over words.

One epoch is a function of its seed and number alone: a run that stopped goes on where it was.

    shuffle  the documents
    pool     `shuffle_buffer` of them at a time
    sort     a pool by number of sentences, so that documents of like size meet
    cut      runs of them, within limits on documents and on words
    yield    the pool's batches in random order

The words of a batch are padded group by group (grouping.py); its sentences only ever as vectors.

Sizes: B documents, L sentences in the longest, N sentences in a group, T words in its longest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqloom.data.batching import pad
from seqloom.data.documents.corpus import DocumentCorpus
from seqloom.data.documents.grouping import LIMIT, grouped
from seqloom.search.stepper import Ids

_JITTER = 0.2
"""Share of the documents sorted as if they had one sentence more, so that epochs differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Sentences of like length.

    words    [N, T]  ids, <pad> after the end
    lengths  [N]
    places   [N]     b * L + l for sentence l of document b
    """

    words: Ids
    lengths: Ids
    places: Ids


@dataclass(frozen=True, eq=False)
class DocumentBatch:
    """groups, sentences [B] in each document, labels of each, indices [B] in the corpus."""

    groups: tuple[Group, ...]
    sentences: Ids
    labels: tuple[tuple[int, ...], ...]
    indices: Ids

    def __len__(self) -> int:
        return len(self.sentences)

    @cached_property
    def num_words(self) -> int:
        """Words, padding left out."""
        return sum(int(group.lengths.sum()) for group in self.groups)

    @property
    def padding(self) -> float:
        """Share of the word positions that is padding."""
        positions = sum(group.words.size for group in self.groups)
        return 1 - self.num_words / positions if positions else 0.0

    @property
    def sentence_padding(self) -> float:
        """Share of the sentence positions that is padding."""
        positions = len(self) * int(self.sentences.max(initial=0))
        return 1 - int(self.sentences.sum()) / positions if positions else 0.0


def batch_of(
    documents: Sequence[Sequence[Sequence[int] | Ids]],
    labels: Sequence[tuple[int, ...]] = (),
    indices: Ids | None = None,
    limit: float = LIMIT,
) -> DocumentBatch:
    """Documents, each a list of sentences of word ids, none of them empty. `labels` may be left out
    where nothing is known of them."""
    sentences = np.array([len(document) for document in documents], dtype=np.int64)
    L = int(sentences.max(initial=0))
    flat = [sentence for document in documents for sentence in document]
    places = np.array([b * L + i for b, n in enumerate(sentences) for i in range(n)], np.int64)
    lengths = np.array([len(sentence) for sentence in flat], dtype=np.int64)
    groups = [
        Group(*pad([flat[i] for i in rows.tolist()]), places[rows])
        for rows in grouped(lengths, limit)
    ]
    known = tuple(labels) or ((),) * len(documents)
    where = np.arange(len(documents)) if indices is None else indices
    return DocumentBatch(tuple(groups), sentences, known, where)


def joined(sentences: Sequence[Ids]) -> list[Ids]:
    """A document as one sentence, for a model that knows no others."""
    return [np.concatenate(sentences)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentBatches:
    """A corpus as batches, shuffled by epoch or in order.

    max_documents   in a batch at most
    max_words       in a batch at most, padding left out; a longer document makes a batch of one
    shuffle_buffer  documents sorted together
    flat            every document as one sentence
    """

    corpus: DocumentCorpus
    max_documents: int
    max_words: int
    seed: int
    shuffle_buffer: int = 4096
    flat: bool = False

    def epoch(self, number: int, skip: int = 0) -> Iterator[DocumentBatch]:
        """The shuffled batches of one epoch, from batch `skip` on. What is skipped is not read."""
        for batches in self._plan(number):
            for indices in batches[skip:]:
                yield self._read(indices)
            skip = max(0, skip - len(batches))

    def in_order(self) -> Iterator[DocumentBatch]:
        """Every document once, always in the same batches, as validation wants it; `indices` say
        which is which."""
        order = np.lexsort((self.corpus.words, self.corpus.sentences))
        for indices in self._cut(order):
            yield self._read(indices)

    def num_batches(self, epoch: int) -> int:
        return sum(map(len, self._plan(epoch)))

    def _plan(self, epoch: int) -> Iterator[list[Ids]]:
        seed = self.seed % (1 << 64)  # numpy takes no negative seeds
        random = np.random.Generator(np.random.PCG64([seed, epoch]))
        order = np.argsort(random.random(len(self.corpus)), kind="stable")
        for start in range(0, len(order), self.shuffle_buffer):
            pool = order[start : start + self.shuffle_buffer]
            size = self._size()[pool] + (random.random(len(pool)) < _JITTER)
            batches = self._cut(pool[np.argsort(size, kind="stable")])
            mixed = np.argsort(random.random(len(batches)), kind="stable")
            yield [batches[i] for i in mixed.tolist()]

    def _size(self) -> Ids:
        return self.corpus.words if self.flat else self.corpus.sentences

    def _cut(self, order: Ids) -> list[Ids]:
        cuts, words = [0], 0
        for position, more in enumerate(self.corpus.words[order].tolist()):
            words += more
            documents = position - cuts[-1] + 1
            if documents > 1 and (documents > self.max_documents or words > self.max_words):
                cuts.append(position)
                words = more
        return np.split(order, cuts[1:])

    def _read(self, indices: Ids) -> DocumentBatch:
        documents = [self.corpus.document(index) for index in indices.tolist()]
        if self.flat:
            documents = [joined(document) for document in documents]
        labels = [self.corpus.labels(index) for index in indices.tolist()]
        return batch_of(documents, labels, indices)
