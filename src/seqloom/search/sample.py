"""Sampling: draw outputs from the model's own distribution, token by token.

    p'(token) ~ p(token) ** (1 / temperature)    over the tokens that are kept
    top_k                                        keeps the k likeliest
    top_p                                        of these, the fewest that together reach top_p

Every sample has a generator of its own, seeded by (seed, number of the sample, source). So what is
drawn for a source depends on nothing else in the batch, and the same source asked again gives the
same samples; another `seed` gives others.

Sizes: b sources in flight, N samples of each (1 until the first draw), k candidates.
"""

from collections.abc import Sequence
from typing import Generic, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import Scores
from seqloom.search.stepper import Candidates, Ids, State, Stepper
from seqloom.search.trail import Ending
from seqloom.search.walk import Walk
from seqloom.symbols import EOS


def sample(
    stepper: Stepper[State],
    sources: Sequence[Sequence[int]],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None = None,
) -> list[list[Hypothesis]]:
    """`nbest` outputs for each source in the order they were drawn; two may be the same.

    Scores and token_log_probs are those of the model as it is, at temperature 1 and all tokens
    kept.
    """
    draws = _Draws(stepper, sources, settings, prefixes)
    while draws.in_flight:
        draws.step()
    return draws.results()


class _Draws(Generic[State]):
    """The samples under way, and the endings found.

    chances    [B, N, longest]  a number between 0 and 1 for each token to be drawn
    open       [b, N]           samples that go on
    log_probs  [b, N]           log probability of each sample so far
    """

    def __init__(
        self,
        stepper: Stepper[State],
        sources: Sequence[Sequence[int]],
        settings: Search,
        prefixes: Sequence[Sequence[int]] | None,
    ) -> None:
        shape = len(sources), settings.nbest
        self._settings = settings
        self._walk = Walk(stepper, sources, settings, prefixes)
        self._num_candidates = settings.top_k or stepper.vocabulary_size
        self._chances = _chances(sources, settings, int(self._walk.limits.max(initial=0)) + 1)
        self._open = np.ones(shape, dtype=np.bool_)
        self._log_probs: Scores = np.zeros(shape)
        self._endings: dict[tuple[int, int], Ending] = {}

    @property
    def in_flight(self) -> bool:
        return len(self._walk.sources) > 0

    def step(self) -> None:
        at_limit = self._walk.at_limit
        candidates = self._walk.step(self._num_candidates)
        chances = self._chances[self._walk.sources, :, self._walk.length]
        drawn = _draw(candidates, chances, self._settings)
        parents = self._parents(candidates)
        # Blocking can leave a sample nothing to go on with.
        stops = at_limit[:, None] | (drawn.log_probs == -np.inf)
        self._end(drawn, parents, stops)
        self._open &= (drawn.tokens != EOS) & ~stops
        going = self._open.any(axis=1)
        self._walk.advance(drawn.tokens, drawn.log_probs, parents, going)
        self._open = self._open[going]
        self._log_probs = (self._log_probs + drawn.log_probs)[going]

    def results(self) -> list[list[Hypothesis]]:
        numbers = range(self._settings.nbest)
        endings = [
            self._endings[source, number]
            for source in range(len(self._walk.limits))
            for number in numbers
        ]
        read = iter(self._walk.trail.read(endings))
        return [[next(read) for _ in numbers] for _ in self._walk.limits]

    def _parents(self, candidates: Candidates) -> Ids:
        """[b, N]: each sample continues itself; at first all continue the one start."""
        width = candidates.tokens.shape[1]
        return np.broadcast_to(np.arange(self._settings.nbest) % width, self._open.shape)

    def _end(self, drawn: "_Drawn", parents: Ids, stops: NDArray[np.bool_]) -> None:
        """Note the samples that drew <eos>, and those that are cut off."""
        length = self._walk.length
        ends = (drawn.tokens == EOS) & (drawn.log_probs > -np.inf)
        ended = self._open & (ends | stops)
        for row, number in np.argwhere(ended).tolist():
            source, column = int(self._walk.sources[row]), int(parents[row, number])
            score, eos = float(self._log_probs[row, number]), None
            if ends[row, number]:
                eos = float(drawn.log_probs[row, number])
                score += eos
            self._endings[source, number] = Ending(
                source, length, column, score, eos, f"sample {number + 1}"
            )


class _Drawn(NamedTuple):
    """What was drawn, each [b, N]."""

    tokens: Ids
    log_probs: NDArray[np.floating]


def _chances(sources: Sequence[Sequence[int]], settings: Search, longest: int) -> Scores:
    """Generators accept no negative seed, so the seed is taken modulo 2^64."""
    chances = np.empty((len(sources), settings.nbest, longest))
    for row, source in zip(chances, sources, strict=True):
        for number in range(settings.nbest):
            generator = np.random.default_rng([settings.seed % 2**64, number, *source])
            row[number] = generator.random(longest)
    return chances


def _draw(candidates: Candidates, chances: Scores, settings: Search) -> _Drawn:
    """The token at which the probabilities, added up from the best, pass `chances` [b, N]."""
    total = _kept(candidates.log_probs, settings).cumsum(axis=2)
    index = (total <= chances[:, :, None] * total[:, :, -1:]).sum(axis=2, keepdims=True)
    # Where rounding left no token beyond the chance, it is the last of those kept.
    index = np.minimum(index, (total < total[:, :, -1:]).sum(axis=2, keepdims=True))
    return _Drawn(
        np.take_along_axis(candidates.tokens, index, axis=2)[:, :, 0],
        np.take_along_axis(candidates.log_probs, index, axis=2)[:, :, 0],
    )


def _kept(log_probs: NDArray[np.floating], settings: Search) -> Scores:
    """p' of each candidate, up to a factor; 0 where it is not kept: [b, W, k] -> [b, W, k]."""
    best = np.maximum(log_probs.max(axis=2, keepdims=True), np.finfo(np.float32).min)
    p = np.exp((log_probs - best).astype(np.float64) / settings.temperature)
    if settings.top_k:
        p = np.where((p > 0).cumsum(axis=2) <= settings.top_k, p, 0.0)
    before = p.cumsum(axis=2) - p
    return np.where(before < settings.top_p * p.sum(axis=2, keepdims=True), p, 0.0)
