"""Beam search: of all continuations of the hypotheses at hand keep the W best, step by step.

A hypothesis ends when its <eos> is among the W best continuations of its source; it then leaves the
rectangle, and the W best of the others go on. Which are the best is for `choice` to say, which also
has the relatives of plain beam search; when no more can be won, `endings`. That bound is exact: with
W wide enough the n-best list is that of an exhaustive search. Hypotheses that reach the limit of
length, or that nothing may follow, are cut off, and returned only where too few have finished.

Greedy search is the beam of width 1.

Sources with fewer than W hypotheses are filled up with ones of score -inf, which have no outcome.

Sizes: B sources at the start, b of them in flight, W hypotheses of each, k candidates, G groups.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.search.banks import Banks
from seqloom.search.choice import Best, Choice, Chosen
from seqloom.search.endings import Endings
from seqloom.search.groups import Groups
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import Coverage, Scores
from seqloom.search.phrases import Phrases
from seqloom.search.record import Record
from seqloom.search.stepper import State, Stepper
from seqloom.search.walk import Walk
from seqloom.symbols import EOS

_Entry = TypeVar("_Entry", bound=np.generic)


def beam_search(
    stepper: Stepper[State],
    sources: Sequence[Sequence[int]],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None = None,
    constraints: Sequence[Sequence[Sequence[int]]] | None = None,
    record: Record | None = None,
) -> list[list[Hypothesis]]:
    """The `nbest` best outputs of each source, best first; those cut off come last.

    There are fewer where the model has fewer outputs of any probability, and where groups of the
    beam found the same ones. `record` is told how the search of a single source went.
    """
    assert record is None or len(sources) == 1, "a record is of one source"
    choice = _choice(stepper.vocabulary_size, settings, constraints)
    beam = _Beam(Walk(stepper, sources, settings, prefixes), choice, settings, record)
    while beam.in_flight:
        beam.step()
    return beam.results()


def _choice(
    vocabulary_size: int,
    settings: Search,
    constraints: Sequence[Sequence[Sequence[int]]] | None,
) -> Choice:
    if constraints is not None:
        return Banks(settings.beam, vocabulary_size, Phrases(constraints))
    if settings.groups > 1:
        return Groups(settings.beam, settings.groups, settings.diversity)
    return Best(settings.beam)


class _Beam(Generic[State]):
    """The rectangle of hypotheses.

    scores  [b, W]  log probability of each hypothesis
    """

    def __init__(
        self, walk: Walk[State], choice: Choice, settings: Search, record: Record | None
    ) -> None:
        num_sources = len(walk.sources)
        self._record = record
        self._walk = walk
        self._choice = choice
        self._groups = settings.groups
        self._scores: Scores = np.zeros((num_sources, 1))
        self._coverage = Coverage(walk.trail.source_lengths, settings.coverage_penalty)
        self._endings = Endings(walk.limits, settings)

    @property
    def in_flight(self) -> bool:
        return len(self._walk.sources) > 0

    def step(self) -> None:
        at_limit = self._walk.at_limit
        self._cut_off(at_limit)
        candidates = self._choice.narrow(self._walk.step(self._choice.num_candidates))
        self._coverage.add(candidates.weights)
        pool = self._scores[:, :, None] + candidates.log_probs
        best, live = self._choice.choose(pool, candidates, at_limit)
        self._finish(best)
        going = self._going(live) & ~at_limit
        if self._record is not None:
            self._record.step(pool, candidates, best, live, bool(going[0]))
        self._walk.advance(live.tokens, live.log_probs, live.parents, going)
        self._coverage.follow(going, live.parents)
        self._choice.follow(going, live)
        self._scores = live.scores[going]

    def results(self) -> list[list[Hypothesis]]:
        return self._endings.results(self._walk.trail)

    def _finish(self, best: Chosen) -> None:
        """Note which of the best continuations are outputs."""
        ended = (best.tokens == EOS) & (best.scores > -np.inf)
        for row, rank in np.argwhere(ended).tolist():
            at, group = (row, rank), self._group(rank, ended.shape[1])
            self._end(row, group, int(best.parents[at]), best.scores[at], float(best.log_probs[at]))
        for row, group in np.argwhere(self._by_group(ended).any(axis=2)).tolist():
            self._endings.raise_bar(int(self._walk.sources[row]), group)

    def _cut_off(self, rows: NDArray[np.bool_]) -> None:
        """Note the hypotheses of these sources as they are, in case none finishes."""
        full = rows[:, None] & (self._scores > -np.inf)
        for row, column in np.argwhere(full).tolist():
            group = self._group(column, full.shape[1])
            self._end(row, group, column, self._scores[row, column], None)

    def _end(
        self, row: int, group: int, column: int, log_prob: np.float64, eos: float | None
    ) -> None:
        place = self._walk.length, column
        coverage = float(self._coverage.penalty[row, column])
        self._endings.add(
            int(self._walk.sources[row]), group, place, float(log_prob), coverage, eos
        )

    def _going(self, live: Chosen) -> NDArray[np.bool_]:
        """[b]: whether the source goes on; a group that does not is given up in `live`."""
        leaders = self._by_group(live.scores).max(axis=2)
        winning = self._endings.may_win(self._walk.sources, leaders)
        if self._groups > 1:
            self._by_group(live.scores)[~winning] = -np.inf
        nothing_left = (leaders == -np.inf).all(axis=1)
        if nothing_left.any():
            nothing_left[nothing_left] = self._endings.none_of(self._walk.sources[nothing_left])
            self._cut_off(nothing_left)
        return np.any(winning, axis=1)

    def _by_group(self, columns: NDArray[_Entry]) -> NDArray[_Entry]:
        """[b, W] -> [b, G, W / G], the same memory."""
        return columns.reshape(len(columns), self._groups, -1)

    def _group(self, column: int, width: int) -> int:
        return column * self._groups // width
