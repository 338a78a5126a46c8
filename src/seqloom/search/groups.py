"""Diverse beam search: groups that each avoid what earlier groups have chosen.

    a(token) = log p(output so far, token) - diversity * n(token)      Vijayakumar et al. 2016

with n how many hypotheses of earlier groups chose the token at this step (Hamming diversity). The
groups divide the beam and choose one after the other, each the best of its own continuations by a.
The penalty steers the choice at its step and is then forgotten: scores stay the model's own. The
first group is penalised by nobody, so it is a beam search of its share of the width.

Sizes: b sources in flight, w hypotheses of each before the choice and W after it, k candidates,
G groups, n tokens chosen by earlier groups.
"""

import numpy as np
from numpy.typing import NDArray

from seqloom.search.choice import Chosen, first, take, without_eos
from seqloom.search.penalties import Scores
from seqloom.search.stepper import Candidates, Ids
from seqloom.symbols import EOS

_NONE = -1
"""Stands among the tokens chosen where none was."""


class Groups:
    """The columns of the rectangle are those of the first group, then of the second, and so on."""

    def __init__(self, width: int, groups: int, diversity: float) -> None:
        self._groups = groups
        self._share = width // groups
        self._diversity = diversity
        # Of so many even the last group finds its share that nobody else has chosen, and <eos>.
        self.num_candidates = width + 1

    def narrow(self, candidates: Candidates) -> Candidates:
        return candidates

    def choose(
        self, pool: Scores, candidates: Candidates, at_limit: NDArray[np.bool_]
    ) -> tuple[Chosen, Chosen]:
        best: list[Chosen] = []
        live: list[Chosen] = []
        taken: Ids = np.empty((len(pool), 0), dtype=np.int64)
        for group in range(self._groups):
            own = _own_part(pool.shape[1], group, self._share)
            cost = self._diversity * _times_taken(candidates.tokens[:, own], taken)
            ended, going_on = self._of_group(pool, cost, candidates, own)
            best.append(ended)
            live.append(going_on)
            taken = np.concatenate([taken, _tokens_of(ended, going_on)], axis=1)
        return _side_by_side(best), _side_by_side(live)

    def follow(self, going: NDArray[np.bool_], live: Chosen) -> None:
        pass

    def _of_group(
        self, pool: Scores, cost: Scores, candidates: Candidates, own: slice
    ) -> tuple[Chosen, Chosen]:
        part = candidates._replace(
            tokens=candidates.tokens[:, own], log_probs=candidates.log_probs[:, own]
        )
        every = pool[:, own]
        best = take(first(every - cost, self._share), every, part)
        if self._share == 1:  # greedy: nothing goes on beside an <eos>
            live = best._replace(scores=np.where(best.tokens == EOS, -np.inf, best.scores))
        else:
            going_on = without_eos(every, part)
            live = take(first(going_on - cost, self._share), going_on, part)
        return _filled(best, self._share, own.start), _filled(live, self._share, own.start)


def _own_part(width: int, group: int, share: int) -> slice:
    """The columns of a group; all groups continue the one start."""
    return slice(0, 1) if width == 1 else slice(group * share, (group + 1) * share)


def _times_taken(tokens: Ids, taken: Ids) -> Scores:
    """How often each of tokens [b, w, k] is among taken [b, n]."""
    return (tokens[..., None] == taken[:, None, None, :]).sum(axis=-1).astype(np.float64)


def _tokens_of(best: Chosen, live: Chosen) -> Ids:
    """What the hypotheses of a group chose, <eos> included: [b, n]."""
    ended = np.where((best.tokens == EOS) & (best.scores > -np.inf), EOS, _NONE)
    return np.concatenate([ended, np.where(live.scores > -np.inf, live.tokens, _NONE)], axis=1)


def _filled(chosen: Chosen, width: int, offset: int) -> Chosen:
    """Columns of the whole rectangle as parents, and as many entries as the group has columns."""
    missing = (0, 0), (0, width - chosen.tokens.shape[1])
    return Chosen(
        tokens=np.pad(chosen.tokens, missing, mode="edge"),
        log_probs=np.pad(chosen.log_probs, missing, mode="edge"),
        parents=np.pad(chosen.parents + offset, missing, mode="edge"),
        scores=np.pad(chosen.scores, missing, constant_values=-np.inf),
    )


def _side_by_side(groups: list[Chosen]) -> Chosen:
    return Chosen(*(np.concatenate(parts, axis=1) for parts in zip(*groups, strict=True)))
