"""A stepper that does not copy, in the company of some that do (text/copying.py).

    source   s + V_s (c + 1)    it reads s, and does not see what a copy would be
    fed      V_t + k            a copied unit that its vocabulary has not: <unk>, as the others are fed
    writes   V_t + k            impossible to it

So it can be one of an ensemble with them, and say there what it says alone.

Sizes: V_s and V_t of the two vocabularies.
"""

from collections.abc import Sequence
from typing import Generic

import numpy as np

from seqloom.search.stepper import Candidates, Ids, State, Stepper
from seqloom.symbols import UNK


class PlainStepper(Generic[State]):
    """Drives `stepper`, which has as many source ids as `source_size` says."""

    def __init__(self, stepper: Stepper[State], source_size: int) -> None:
        self.vocabulary_size = stepper.vocabulary_size
        self._stepper = stepper
        self._source_size = source_size

    def start(self, sources: Sequence[Sequence[int]]) -> State:
        return self._stepper.start([[id % self._source_size for id in ids] for ids in sources])

    def step(
        self, state: State, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, State]:
        fed = known_or_unknown(tokens, self.vocabulary_size)
        if wanted is None:
            return self._stepper.step(state, fed, k)
        asked = known_or_unknown(wanted, self.vocabulary_size)
        candidates, state = self._stepper.step(state, fed, k, asked)
        assert candidates.wanted is not None
        named = np.where(wanted < self.vocabulary_size, candidates.wanted, np.float32(-np.inf))
        return candidates._replace(wanted=named), state

    def select(self, state: State, sources: Ids, parents: Ids) -> State:
        return self._stepper.select(state, sources, parents)


def known_or_unknown(tokens: Ids, vocabulary_size: int) -> Ids:
    """The tokens as a model reads them that does not copy."""
    return np.where(tokens < vocabulary_size, tokens, UNK)
