"""What corrects the log probability of an output when outputs of unlike lengths are compared.

    score = log p(Y | X) / lp(Y) + cp(X; Y)              Wu et al. 2016, eq. 14
    lp(Y) = ((5 + |Y|) / 6) ** alpha                     |Y| tokens, <eos> counted
    cp(X; Y) = beta * sum_j log(min(sum_t a_tj, 1))      a_tj attention of step t to position j

Neither can raise a hypothesis above its best case: log p only falls as tokens are added, lp grows
with |Y|, and cp is never positive. Beam search draws from this the bound at which it may stop.

Sizes: B sources in flight, W hypotheses of each, S source length.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals

Scores = NDArray[np.float64]
"""Sums of log probabilities; added up in double precision, whatever the model computes in."""

UNSEEN = float(np.finfo(np.float32).tiny)
"""Stands for an attention of 0, whose logarithm would let one position outweigh everything."""


def length_penalty(length: int, alpha: float) -> float:
    """lp(Y) for an output of so many tokens, <eos> counted."""
    return float(((5.0 + length) / 6.0) ** alpha)


def coverage_penalty(coverage: Scores, valid: NDArray[np.bool_], beta: float) -> Scores:
    """cp(X; Y) from the attention each position got in all: [..., S] -> [...].

    Every position of the source counts, features and <eos> among them; padding does not.
    """
    seen = np.clip(coverage, UNSEEN, 1.0)
    return beta * np.where(valid, np.log(seen), 0.0).sum(axis=-1)


class Coverage:
    """The attention that each hypothesis in flight has paid so far, and its penalty [B, W].

    With beta = 0 nothing is added up and the penalty is 0.
    """

    def __init__(self, source_lengths: Sequence[int], beta: float) -> None:
        longest = max(source_lengths, default=0)
        self.penalty: Scores = np.zeros((len(source_lengths), 1))
        self._beta = beta
        self._paid: Scores = np.zeros((len(source_lengths), 1, longest))
        self._valid = np.arange(longest) < np.array(source_lengths)[:, None, None]

    def add(self, weights: Reals | None) -> None:
        """Take in the weights [B, W, S] of one step."""
        if not self._beta:
            return
        if weights is None:
            raise UserError(
                f"search.coverage_penalty needs a model with attention, but is {self._beta:g} for "
                "a model without. Set it to 0."
            )
        self._paid[:, :, : weights.shape[2]] += weights
        self.penalty = coverage_penalty(self._paid, self._valid, self._beta)

    def follow(self, going: NDArray[np.bool_], parents: Ids) -> None:
        """Go on with the sources `going` [B], where each hypothesis continues `parents` [B, W]."""
        self.penalty = np.take_along_axis(self.penalty, parents, axis=1)[going]
        if self._beta:
            self._paid = np.take_along_axis(self._paid, parents[:, :, None], axis=1)[going]
            self._valid = self._valid[going]
