"""The outputs that beam search has found, and what those under way have to beat.

Each group of the beam runs a race of its own on each source; plain beam search is one group. A race
is over when no hypothesis that goes on can still be ranked among the n best of its group: tokens
only lower log p, so the best it can reach is

    log p so far / lp(longest output)                    see penalties

Of several groups the best of each is taken, then the second best of each, and so on, an output
that two groups found once; what is taken is then ranked by score.

Sizes: B sources at the start, b of them in flight, G groups.
"""

from collections.abc import Sequence
from itertools import chain, islice, zip_longest

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import Scores, length_penalty
from seqloom.search.stepper import Ids
from seqloom.search.trail import Ending, Trail


class Endings:
    """What has ended, by source and group.

    bars  [B, G]  the score of the n-th best that finished: what others have to beat
    """

    def __init__(self, limits: Ids, settings: Search) -> None:
        groups = settings.groups
        self._alpha = settings.length_penalty
        self._nbest = settings.nbest
        self._nbest_of_group = min(settings.nbest, settings.beam // groups)
        self._origins = ["beam"] if groups == 1 else [f"group {g + 1}" for g in range(groups)]
        self._bars: Scores = np.full((len(limits), groups), -np.inf)
        # The penalty of the longest output that each source may have.
        self._most = np.array([[length_penalty(int(n) + 1, self._alpha)] for n in limits])
        # By length and column, so that a hypothesis that may end in either way ends in one.
        self._found: list[list[dict[tuple[int, int], Ending]]] = [
            [{} for _ in range(groups)] for _ in limits
        ]

    def add(
        self,
        source: int,
        group: int,
        place: tuple[int, int],
        log_prob: float,
        coverage: float,
        eos: float | None,
    ) -> None:
        """Note that the hypothesis at `place` (length, column) ended, with <eos> or cut off."""
        length, column = place
        score = log_prob / length_penalty(length + (eos is not None), self._alpha) + coverage
        self._found[source][group][place] = Ending(
            source, length, column, score, eos, self._origins[group]
        )

    def raise_bar(self, source: int, group: int) -> None:
        found = self._found[source][group].values()
        scores = sorted((e.score for e in found if e.eos is not None), reverse=True)
        if len(scores) >= self._nbest_of_group:
            self._bars[source, group] = scores[self._nbest_of_group - 1]

    def may_win(self, sources: Ids, log_probs: Scores) -> NDArray[np.bool_]:
        """[b, G]: whether the best that goes on in each group can still reach its n best."""
        reachable = log_probs / self._most[sources]
        return (reachable >= self._bars[sources]) & (log_probs > -np.inf)

    def none_of(self, sources: Ids) -> NDArray[np.bool_]:
        """[b]: whether nothing has ended yet."""
        return np.array([not any(self._found[source]) for source in sources.tolist()])

    def results(self, trail: Trail) -> list[list[Hypothesis]]:
        """The n best outputs of each source, best first; those cut off come last."""
        num_groups = range(len(self._origins))
        found = [[self._contenders(b, g) for g in num_groups] for b in range(len(self._found))]
        endings = chain.from_iterable(chain.from_iterable(found))
        read = iter(trail.read(list(endings)))
        return [
            _in_turn([self._best(list(islice(read, len(group)))) for group in groups], self._nbest)
            for groups in found
        ]

    def _best(self, of_group: Sequence[Hypothesis]) -> list[Hypothesis]:
        return _ranked(of_group)[: self._nbest_of_group]

    def _contenders(self, source: int, group: int) -> list[Ending]:
        """Endings among which the n best are, ties included."""
        bar = self._bars[source, group]
        found = self._found[source][group].values()
        if bar == -np.inf:
            return list(found)
        return [ending for ending in found if ending.eos is not None and ending.score >= bar]


def _ranked(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Finished before cut off, then by score; equals in the order of their ids."""
    assert len({h.tokens for h in hypotheses}) == len(hypotheses), "one output was found twice"
    return sorted(hypotheses, key=lambda h: (not h.finished, -h.score, h.tokens))


def _in_turn(groups: Sequence[Sequence[Hypothesis]], nbest: int) -> list[Hypothesis]:
    turns = [h for turn in zip_longest(*groups) for h in turn if h is not None]
    distinct: dict[tuple[int, ...], Hypothesis] = {}
    for hypothesis in sorted(turns, key=lambda h: not h.finished):
        distinct.setdefault(hypothesis.tokens, hypothesis)
    return _ranked(list(distinct.values())[:nbest])
