"""Buckets, padding, lengths: the only place that pads.

One epoch over a corpus of any size, with memory bounded by the shuffle buffer:

    cut     the corpus into blocks of contiguous pairs
    deal    the blocks in random order, a buffer's worth at a time
    sort    a buffer's pairs by length, so that pairs of like length meet
    batch   runs of the sorted pairs, within limits on pairs and on padded tokens
    yield   the buffer's batches in random order

All of it follows from lengths, so the batches of an epoch are known before any id is read, and an
epoch is a function of its seed and number alone: a run that stopped goes on where it was.

Sizes: B batch, S source length, T target length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from seqloom.data.corpus import Integers, Side
from seqloom.search.stepper import Ids, Reals
from seqloom.symbols import PAD
from seqloom.text.series import Series

_BLOCK = 1000
"""Pairs read from one place: small enough to mix a corpus, large enough to read a disk in runs."""
_JITTER = 0.2
"""Share of the pairs sorted as if their source were one token longer. Without it, a small corpus
would give nearly the same batches in every epoch."""


def pad(sequences: Sequence[Sequence[int] | NDArray[np.integer[Any]]]) -> tuple[Ids, Ids]:
    """The sequences as rows [B, S], filled up with <pad>, and their lengths [B]."""
    lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
    rows = np.full((len(sequences), int(lengths.max(initial=0))), PAD, dtype=np.int64)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = sequence
    return rows, lengths


def together(
    sources: Sequence[Sequence[int] | NDArray[np.integer[Any]] | Reals],
) -> tuple[Ids | Reals, Ids]:
    """Sources as one array and their lengths [B]: ids [B, S] as `pad` has them, or frames [B, S, F] with
    zeros after the end."""
    frames = [
        source.frames if isinstance(source, Series) else source
        for source in sources
        if isinstance(source, Series) or (isinstance(source, np.ndarray) and source.ndim == 2)
    ]
    if not frames:
        return pad(cast("Sequence[Sequence[int]]", sources))
    assert len(frames) == len(sources), "a batch is of ids or of frames"
    lengths = np.fromiter(map(len, frames), np.int64, len(frames))
    rows = np.zeros((len(frames), int(lengths.max()), frames[0].shape[1]), dtype=np.float32)
    for row, sequence in zip(rows, frames, strict=True):
        row[: len(sequence)] = sequence
    return rows, lengths


class PairSet(Protocol):
    """Pairs reached by their position: a corpus of ids (data/corpus.py) or one whose sources are frames
    (data/series/pair_corpus.py)."""

    @property
    def links(self) -> Side | None: ...
    def __len__(self) -> int: ...
    def source_lengths(self, start: int, stop: int) -> Ids: ...
    def target_lengths(self, start: int, stop: int) -> Ids: ...
    def pair(self, index: int) -> tuple[Integers | Reals, Integers]:
        """Source and target as read-only views."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pairs side by side.

    source   [B, S]  ids, <pad> after the end; or frames [B, S, F], zeros after the end
    target   [B, T]  ids, <eos> last, <pad> after the end
    indices  [B]     where in the corpus each pair is, so that a message can name it
    links    [B, T, S]  for each target token its share in the source tokens it is aligned to, which
             add up to 1, or zeros for one that is not aligned; None without alignments
    """

    source: Ids | Reals
    source_lengths: Ids
    target: Ids
    target_lengths: Ids
    indices: Ids
    links: Reals | None = None

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def num_tokens(self) -> int:
        """Source plus target tokens, padding left out."""
        return int(self.source_lengths.sum() + self.target_lengths.sum())

    @property
    def padding(self) -> float:
        """Share of the positions, source and target, that is padding."""
        positions = len(self) * (self.source.shape[1] + self.target.shape[1])
        return 1 - self.num_tokens / positions if positions else 0.0


@dataclass(frozen=True, slots=True)
class _Buffer:
    """Pairs that are batched together: their positions in the corpus and their lengths."""

    indices: Ids
    source: Ids
    target: Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """A corpus as batches, shuffled by epoch or in order.

    max_pairs       pairs in a batch at most
    max_tokens      padded source plus target tokens in a batch at most; a single pair that is
                    longer makes a batch of one
    shuffle_buffer  pairs shuffled together
    """

    corpus: PairSet
    max_pairs: int
    max_tokens: int
    seed: int
    shuffle_buffer: int

    def epoch(self, number: int, skip: int = 0) -> Iterator[Batch]:
        """The shuffled batches of one epoch, from batch `skip` on. What is skipped is not read."""
        for batches in self._plan(number):
            for indices in batches[skip:]:
                yield self._read(indices)
            skip = max(0, skip - len(batches))

    def in_order(self) -> Iterator[Batch]:
        """Every pair once, always in the same batches, as validation wants it."""
        for start in range(0, len(self.corpus), self.shuffle_buffer):
            stop = min(start + self.shuffle_buffer, len(self.corpus))
            buffer = self._buffer([(start, stop)])
            by_length = np.lexsort((buffer.target, buffer.source))
            for indices in self._cut(buffer, by_length):
                yield self._read(indices)

    def num_batches(self, epoch: int) -> int:
        """Exact. Looks at every length, which takes about half a second per million pairs."""
        return sum(map(len, self._plan(epoch)))

    def _plan(self, epoch: int) -> Iterator[list[Ids]]:
        """For each buffer of the epoch, the pairs of each of its batches."""
        for number, blocks in enumerate(self._deal(epoch)):
            # Stream 0 is the order of the blocks.
            random = self._random(epoch, number + 1)
            buffer = self._buffer(blocks)
            batches = self._cut(buffer, _by_jittered_length(buffer, random))
            yield [batches[i] for i in _shuffled(len(batches), random)]

    def _deal(self, epoch: int) -> Iterator[list[tuple[int, int]]]:
        """The blocks, as (start, stop), in random order and as many at a time as fill a buffer."""
        size = min(_BLOCK, self.shuffle_buffer)
        num_blocks = -(-len(self.corpus) // size)
        order = _shuffled(num_blocks, self._random(epoch, 0))
        together = self.shuffle_buffer // size
        for first in range(0, num_blocks, together):
            yield [
                (block * size, min((block + 1) * size, len(self.corpus)))
                for block in order[first : first + together].tolist()
            ]

    def _buffer(self, blocks: Sequence[tuple[int, int]]) -> _Buffer:
        return _Buffer(
            indices=np.concatenate([np.arange(start, stop) for start, stop in blocks]),
            source=np.concatenate([self.corpus.source_lengths(*block) for block in blocks]),
            target=np.concatenate([self.corpus.target_lengths(*block) for block in blocks]),
        )

    def _cut(self, buffer: _Buffer, order: Ids) -> list[Ids]:
        """Cut the pairs, taken in `order`, into batches as large as the limits allow."""
        cuts = [0]
        longest_source = longest_target = 0
        lengths = zip(buffer.source[order].tolist(), buffer.target[order].tolist(), strict=True)
        for position, (source, target) in enumerate(lengths):
            longest_source = max(longest_source, source)
            longest_target = max(longest_target, target)
            pairs = position - cuts[-1] + 1
            tokens = pairs * (longest_source + longest_target)
            if pairs > 1 and (pairs > self.max_pairs or tokens > self.max_tokens):
                cuts.append(position)
                longest_source, longest_target = source, target
        return np.split(buffer.indices[order], cuts[1:])

    def _read(self, indices: Ids) -> Batch:
        pairs = [self.corpus.pair(index) for index in indices.tolist()]
        source, source_lengths = together([source for source, _ in pairs])
        target, target_lengths = pad([target for _, target in pairs])
        links = None
        if self.corpus.links is not None:
            flat = [self.corpus.links[index] for index in indices.tolist()]
            links = _shares(flat, (len(indices), target.shape[1], source.shape[1]))
        return Batch(source, source_lengths, target, target_lengths, indices, links)

    def _random(self, epoch: int, stream: int) -> np.random.Generator:
        seed = self.seed % (1 << 64)  # numpy takes no negative seeds
        return np.random.Generator(np.random.PCG64([seed, epoch, stream]))


def _shares(links: Sequence[NDArray[np.integer[Any]]], shape: tuple[int, int, int]) -> Reals:
    """Links of each pair, source and target positions in turn, as shares [B, T, S]."""
    shares = np.zeros(shape, dtype=np.float32)
    for row, flat in zip(shares, links, strict=True):
        row[flat[1::2], flat[::2]] = 1.0
    return shares / np.maximum(shares.sum(axis=2, keepdims=True), 1.0)


def _shuffled(count: int, random: np.random.Generator) -> Ids:
    """A random order, drawn through `random`, whose numbers are the same in every numpy release;
    those of `permutation` need not be."""
    return np.argsort(random.random(count), kind="stable")


def _by_jittered_length(buffer: _Buffer, random: np.random.Generator) -> Ids:
    """The order by source length, then target length, then chance.

    Targets rise through one source length and fall through the next: where two source lengths share
    a batch, the targets that meet are of like length.
    """
    source = buffer.source + (random.random(len(buffer.source)) < _JITTER)
    target = np.where(source % 2 == 0, buffer.target, -buffer.target)
    return np.lexsort((random.random(len(source)), target, source))
