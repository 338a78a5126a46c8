"""Beam search: of all continuations of the hypotheses at hand keep the W best, step by step.

A hypothesis ends when its <eos> is among the W best continuations of its source; it then leaves the
rectangle, and the W best of the others go on. A source is done when no hypothesis that goes on can
still be ranked among its n best: tokens only lower log p, so the best it can reach is

    log p so far / lp(longest output)                    see penalties

This bound is exact: with W wide enough the n-best list is that of an exhaustive search. Hypotheses
that reach the limit of length are cut off, and returned only where too few have finished.

Greedy search is the beam of width 1. Only the best candidate is asked for then, so that nothing is
left to go on once that is <eos>.

Sources with fewer than W hypotheses are filled up with ones of score -inf, which have no outcome.

Sizes: B sources at the start, b of them in flight, W hypotheses of each, k candidates.
"""

from collections.abc import Sequence
from itertools import chain, islice
from typing import Generic, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import Coverage, Scores, length_penalty
from seqloom.search.stepper import Candidates, Ids, State, Stepper
from seqloom.search.trail import Ending
from seqloom.search.walk import Walk
from seqloom.symbols import EOS


def beam_search(
    stepper: Stepper[State],
    sources: Sequence[Sequence[int]],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None = None,
) -> list[list[Hypothesis]]:
    """The `nbest` best outputs of each source, best first; those cut off come last.

    There are fewer where the model has fewer outputs of any probability.
    """
    beam = _Beam(stepper, sources, settings, prefixes)
    while beam.in_flight:
        beam.step()
    return beam.results()


class _Best(NamedTuple):
    """The best continuations of each source, best first, each [b, W]."""

    tokens: Ids
    log_probs: NDArray[np.floating]
    parents: Ids
    scores: Scores


class _Beam(Generic[State]):
    """The rectangle of hypotheses, and for each source the endings found.

    scores  [b, W]  log probability of each hypothesis, best first
    bars    [B]     the score of the n-th best that finished: what others have to beat
    """

    def __init__(
        self,
        stepper: Stepper[State],
        sources: Sequence[Sequence[int]],
        settings: Search,
        prefixes: Sequence[Sequence[int]] | None,
    ) -> None:
        self._settings = settings
        self._walk = Walk(stepper, sources, settings, prefixes)
        self._scores: Scores = np.zeros((len(sources), 1))
        self._bars: Scores = np.full(len(sources), -np.inf)
        self._coverage = Coverage(self._walk.trail.source_lengths, settings.coverage_penalty)
        # By length and column, so that a hypothesis that may end in either way ends in one.
        self._endings: list[dict[tuple[int, int], Ending]] = [{} for _ in sources]
        # The penalty of the longest output that each source may have.
        self._most = np.array([self._length_penalty(int(n) + 1) for n in self._walk.limits])

    @property
    def in_flight(self) -> bool:
        return len(self._walk.sources) > 0

    def step(self) -> None:
        width = self._settings.beam
        at_limit = self._walk.at_limit
        self._cut_off(at_limit)
        # W candidates and <eos> suffice to fill the beam again.
        candidates = self._walk.step(width + 1 if width > 1 else 1)
        self._coverage.add(candidates.weights)
        pool = self._scores[:, :, None] + candidates.log_probs
        self._finish(_best(pool, candidates, width))
        live = _best(np.where(candidates.tokens == EOS, -np.inf, pool), candidates, width)
        going = self._may_win(live.scores[:, 0]) & ~at_limit
        self._walk.advance(live.tokens, live.log_probs, live.parents, going)
        self._coverage.follow(going, live.parents)
        self._scores = live.scores[going]

    def results(self) -> list[list[Hypothesis]]:
        endings = [self._contenders(source) for source in range(len(self._endings))]
        read = iter(self._walk.trail.read(list(chain.from_iterable(endings))))
        return [
            _ranked(list(islice(read, len(of_source))), self._settings.nbest)
            for of_source in endings
        ]

    def _finish(self, best: _Best) -> None:
        """Note which of the best continuations are outputs."""
        ended = (best.tokens == EOS) & (best.scores > -np.inf)
        for row, rank in np.argwhere(ended).tolist():
            at = row, rank
            self._end(row, int(best.parents[at]), float(best.scores[at]), float(best.log_probs[at]))
        for row in np.flatnonzero(ended.any(axis=1)).tolist():
            self._raise_bar(int(self._walk.sources[row]))

    def _cut_off(self, at_limit: NDArray[np.bool_]) -> None:
        """Note the hypotheses that have all the tokens they may have, in case none finishes."""
        full = at_limit[:, None] & (self._scores > -np.inf)
        for row, column in np.argwhere(full).tolist():
            self._end(row, column, float(self._scores[row, column]), None)

    def _end(self, row: int, column: int, log_prob: float, eos: float | None) -> None:
        source, length = int(self._walk.sources[row]), self._walk.length
        penalty = self._length_penalty(length + (eos is not None))
        score = log_prob / penalty + float(self._coverage.penalty[row, column])
        self._endings[source][length, column] = Ending(source, length, column, score, eos)

    def _raise_bar(self, source: int) -> None:
        endings = self._endings[source].values()
        scores = sorted((e.score for e in endings if e.eos is not None), reverse=True)
        if len(scores) >= self._settings.nbest:
            self._bars[source] = scores[self._settings.nbest - 1]

    def _may_win(self, log_probs: Scores) -> NDArray[np.bool_]:
        """[b]: whether the best hypothesis that goes on can still reach the n best."""
        sources = self._walk.sources
        reachable = log_probs / self._most[sources]
        return (reachable >= self._bars[sources]) & (log_probs > -np.inf)

    def _contenders(self, source: int) -> list[Ending]:
        """Endings among which the n best are, ties included."""
        bar = self._bars[source]
        found = self._endings[source].values()
        if bar == -np.inf:
            return list(found)
        return [ending for ending in found if ending.eos is not None and ending.score >= bar]

    def _length_penalty(self, length: int) -> float:
        return length_penalty(length, self._settings.length_penalty)


def _best(pool: Scores, candidates: Candidates, width: int) -> _Best:
    """The `width` best of pool [b, W, k], whose entries are the candidates."""
    b, _, k = pool.shape
    scores = pool.reshape(b, -1)
    # A stable order: the answer to a tie does not depend on the neighbours.
    order = np.argsort(-scores, axis=1, kind="stable")[:, :width]
    return _Best(
        tokens=np.take_along_axis(candidates.tokens.reshape(b, -1), order, axis=1),
        log_probs=np.take_along_axis(candidates.log_probs.reshape(b, -1), order, axis=1),
        parents=order // k,
        scores=np.take_along_axis(scores, order, axis=1),
    )


def _ranked(hypotheses: list[Hypothesis], nbest: int) -> list[Hypothesis]:
    """Finished before cut off, then by score; equals in the order of their ids."""
    ranked = sorted(hypotheses, key=lambda h: (not h.finished, -h.score, h.tokens))[:nbest]
    assert len({h.tokens for h in ranked}) == len(ranked), "one output was found twice"
    return ranked
