"""How a search went, for people to look at: the tree of all continuations it weighed.

Beam search tells a `Record` after every step what it kept, what ended and what it gave up; of the
last only as many as stand among the best 2 W continuations, W the width of the beam. Searches that
have no rivals to weigh, greedy and sampling, are told afterwards, as one chain for each output.

    node        a token that continues another node, or starts the output
    score       log p of all tokens up to here; no penalty counted, neither for length nor by a group

A record is of one source.

Sizes: w hypotheses before a step and W after it, k candidates.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqloom.search.choice import Chosen, first
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import Scores
from seqloom.search.stepper import Candidates
from seqloom.symbols import EOS

_Seen = set[tuple[int | None, int]]
"""What a step chose: nodes and the tokens that continue them."""


class Node(NamedTuple):
    """One continuation; its parent stands before it.

    parent    the number of the node that it continues; None at the start
    log_prob  of its token, natural log
    kept      the beam went on with it, or it ended there among the best
    finished  it ends with <eos>
    """

    parent: int | None
    token: int
    log_prob: float
    score: float
    kept: bool
    finished: bool


class Record:
    """What a search weighed, in the order of its steps.

    nodes  all of them; those of one step stand together: ended, kept, given up
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._columns: list[int | None] = [None]

    def step(
        self, pool: Scores, candidates: Candidates, best: Chosen, live: Chosen, going: bool
    ) -> None:
        """A step of beam search, each array with one row, that of the source.

        pool   [1, w, k]  the scores of `candidates`
        best   [1, W]     the best of all, of which those with <eos> ended
        live   [1, W]     what goes on
        going  False where the search is over, so that nothing goes on
        """
        before, seen = self._columns, _Seen()
        for ended in np.flatnonzero((best.tokens[0] == EOS) & (best.scores[0] > -np.inf)).tolist():
            self._keep(best, ended, before, seen)
        self._columns = [
            self._keep(live, column, before, seen) if going and score > -np.inf else None
            for column, score in enumerate(live.scores[0].tolist())
        ]
        self._give_up(pool, candidates, 2 * live.tokens.shape[1], before, seen)

    def chains(self, found: Sequence[Hypothesis]) -> None:
        """Outputs as they are, where there was nothing to choose from."""
        for hypothesis in found:
            parent, score = None, 0.0
            tokens = (*hypothesis.tokens, EOS) if hypothesis.finished else hypothesis.tokens
            for token, log_prob in zip(tokens, hypothesis.token_log_probs, strict=True):
                score += log_prob
                parent = self._add(Node(parent, token, log_prob, score, True, token == EOS))

    def _keep(
        self,
        chosen: Chosen,
        column: int,
        before: Sequence[int | None],
        seen: _Seen,
    ) -> int:
        parent, token = before[int(chosen.parents[0, column])], int(chosen.tokens[0, column])
        seen.add((parent, token))
        log_prob, score = float(chosen.log_probs[0, column]), float(chosen.scores[0, column])
        return self._add(Node(parent, token, log_prob, score, True, token == EOS))

    def _give_up(
        self,
        pool: Scores,
        candidates: Candidates,
        most: int,
        before: Sequence[int | None],
        seen: _Seen,
    ) -> None:
        """Those among the `most` best that were not chosen."""
        k = pool.shape[2]
        for place in first(pool, most)[0].tolist():
            at = 0, place // k, place % k
            parent, token = before[at[1]], int(candidates.tokens[at])
            if pool[at] > -np.inf and (parent, token) not in seen:
                log_prob = float(candidates.log_probs[at])
                self._add(Node(parent, token, log_prob, float(pool[at]), False, token == EOS))

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1
