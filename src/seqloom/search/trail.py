"""What every step chose, kept so that any hypothesis can be read back from its last token.

A step keeps its arrays as they are, with a pointer from each hypothesis to the one it continues.
So tokens, log probabilities and attention of every hypothesis are at hand at the end, and none is
copied on the way. Reading walks all hypotheses back together, one step at a time.

Sizes: B sources at the start, b of them still in flight, w hypotheses of each before a step and W
after it, S source length, N hypotheses read.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import Ids, Reals


class Step(NamedTuple):
    """One step of all sources in flight.

    rows       [B]        the row of each source in the arrays below; -1 if it has left
    tokens     [b, W]     what each hypothesis was continued with
    log_probs  [b, W]     and its log probability
    parents    [b, W]     which of the w hypotheses before each one continues
    weights    [b, w, S]  attention paid by the w hypotheses in order to choose; S may shrink when
                          the longest source has left
    """

    rows: Ids
    tokens: Ids
    log_probs: NDArray[np.floating]
    parents: Ids
    weights: Reals | None


class Ending(NamedTuple):
    """Where a hypothesis of `length` tokens (without <eos>) stops: at `column` of its last step.

    eos     the log probability of <eos> after it, None if it was cut off instead
    origin  which part of the search found it
    """

    source: int
    length: int
    column: int
    score: float
    eos: float | None
    origin: str = ""


class Trail:
    """The steps taken so far."""

    def __init__(self, source_lengths: Sequence[int]) -> None:
        self.source_lengths = source_lengths
        self.steps: list[Step] = []

    def read(self, endings: Sequence[Ending]) -> list[Hypothesis]:
        """The hypotheses that stop there, in the same order."""
        source = np.array([ending.source for ending in endings], dtype=np.int64)
        length = np.array([ending.length for ending in endings], dtype=np.int64)
        column = np.array([ending.column for ending in endings], dtype=np.int64)
        longest = int(length.max(initial=0))
        tokens = np.zeros((len(endings), longest), dtype=np.int64)
        log_probs = np.zeros((len(endings), longest))
        weights = self._no_weights(len(endings), longest + 1)
        for t in reversed(range(longest)):
            n = np.flatnonzero(length > t)
            step = self.steps[t]
            here = step.rows[source[n]], column[n]
            tokens[n, t] = step.tokens[here]
            log_probs[n, t] = step.log_probs[here]
            column[n] = step.parents[here]
            if weights is not None and step.weights is not None:
                paid = step.weights[here[0], column[n]]
                weights[n, t, : paid.shape[1]] = paid
        return [
            self._hypothesis(
                ending, tokens[n], log_probs[n], None if weights is None else weights[n]
            )
            for n, ending in enumerate(endings)
        ]

    def _no_weights(self, num: int, steps: int) -> Reals | None:
        first = self.steps[0].weights if self.steps else None
        return None if first is None else np.zeros((num, steps, first.shape[2]), dtype=np.float32)

    def _hypothesis(
        self,
        ending: Ending,
        tokens: Ids,
        log_probs: NDArray[np.float64],
        weights: Reals | None,
    ) -> Hypothesis:
        finished = ending.eos is not None
        eos = () if ending.eos is None else (ending.eos,)
        if weights is not None:
            if finished:
                paid = self._last_weights(ending)
                weights[ending.length, : len(paid)] = paid
            num_steps = ending.length + finished
            # A copy, so that keeping one hypothesis does not keep those of the whole batch.
            weights = weights[:num_steps, : self.source_lengths[ending.source]].copy()
        return Hypothesis(
            tokens=tuple(tokens[: ending.length].tolist()),
            token_log_probs=(*log_probs[: ending.length].tolist(), *eos),
            score=ending.score,
            weights=weights,
            finished=finished,
            origin=ending.origin,
        )

    def _last_weights(self, ending: Ending) -> Reals:
        step = self.steps[ending.length]
        assert step.weights is not None
        return step.weights[step.rows[ending.source], ending.column]
