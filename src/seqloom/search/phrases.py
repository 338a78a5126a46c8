"""Phrases that must appear in an output, and how much of them it has so far.

Every phrase is read by an automaton of its own (Knuth, Morris & Pratt 1977): its state is the length
of the longest beginning of the phrase with which the output ends, and the whole length once the
phrase has appeared. So phrases may overlap, in any order, and a false start is not forgotten where
it is the beginning of another.

    next[p, v] = longest q such that phrase[:q] ends phrase[:p] v       0 <= p < length
    next[length, v] = length

Tokens that are in no phrase of the batch all do the same and share one column of the table.

Sizes: B sources at the start, b of them in flight, W hypotheses of each, k candidates, C most
phrases of one source, L longest phrase, U tokens that are in any phrase.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqloom.search.stepper import Ids
from seqloom.symbols import EOS, PAD, SOS

Phrase = tuple[int, ...]


class Phrases:
    """How far the hypotheses in flight are in the phrases of their sources.

    totals    [b]        tokens of all phrases of a source
    progress  [b, W, C]  tokens met of each; a source with fewer phrases has empty ones
    """

    def __init__(self, constraints: Sequence[Sequence[Sequence[int]]]) -> None:
        phrases = [list(dict.fromkeys(map(tuple, filter(len, own)))) for own in constraints]
        tokens = sorted(
            {token for of_source in phrases for phrase in of_source for token in phrase}
        )
        assert not {PAD, SOS, EOS} & set(tokens), "a phrase holds ordinary tokens"
        longest = max((len(phrase) for of_source in phrases for phrase in of_source), default=0)
        shape = len(phrases), max(map(len, phrases), default=0), longest + 1
        self._tokens: Ids = np.array(tokens, dtype=np.int64)
        self._next: Ids = np.zeros((*shape, len(tokens) + 1), dtype=np.int64)
        self._needed: Ids = np.full(shape, PAD)
        self._lengths: Ids = np.zeros(shape[:2], dtype=np.int64)
        for b, of_source in enumerate(phrases):
            for c, phrase in enumerate(of_source):
                self._lengths[b, c] = len(phrase)
                self._needed[b, c, : len(phrase)] = phrase
                self._next[b, c, : len(phrase) + 1] = _automaton(phrase, tokens)
        self.progress: Ids = np.zeros((shape[0], 1, shape[1]), dtype=np.int64)

    @property
    def totals(self) -> Ids:
        return self._lengths.sum(axis=1)

    def needed(self) -> Ids:
        """[b, W, C]: the next token of each phrase, <pad> for one that has appeared."""
        sources, phrases = self._everywhere(self.progress)
        return self._needed[sources, phrases, self.progress]

    def met(self) -> NDArray[np.bool_]:
        """[b, W]: whether every phrase has appeared."""
        return (self.progress == self._lengths[:, None]).all(axis=2)

    def after(self, tokens: Ids) -> Ids:
        """Progress [b, W, k, C] if each hypothesis is continued with its tokens [b, W, k]."""
        columns = np.searchsorted(self._tokens, tokens)
        known = self._tokens[np.minimum(columns, len(self._tokens) - 1)] == tokens
        columns = np.where(known, columns, len(self._tokens))
        sources, phrases = self._everywhere(self.progress)
        return self._next[
            sources[..., None, :],
            phrases[..., None, :],
            self.progress[:, :, None],
            columns[..., None],
        ]

    def follow(self, going: NDArray[np.bool_], progress: Ids) -> None:
        """Go on with the sources `going` [b]; progress [b, W, C] is that of the new hypotheses."""
        self.progress = progress[going]
        self._next, self._needed = self._next[going], self._needed[going]
        self._lengths = self._lengths[going]

    @staticmethod
    def _everywhere(progress: Ids) -> tuple[Ids, Ids]:
        """Row and phrase number in the shape [b, 1, 1] and [1, 1, C]."""
        b, _, c = progress.shape
        return np.arange(b)[:, None, None], np.arange(c)[None, None]


def _automaton(phrase: Phrase, tokens: Sequence[int]) -> list[list[int]]:
    """[length + 1][U + 1]: the state after each state and token; the last column is any other."""
    table: list[list[int]] = []
    for state in range(len(phrase)):
        read = [(*phrase[:state], token) for token in tokens]
        table.append([*(_overlap(phrase, ending) for ending in read), 0])
    return [*table, [len(phrase)] * (len(tokens) + 1)]


def _overlap(phrase: Phrase, read: Phrase) -> int:
    """The length of the longest beginning of the phrase that ends what was read."""
    longest = min(len(phrase), len(read))
    return next(n for n in range(longest, -1, -1) if phrase[:n] == read[len(read) - n :])
