"""A stepper that tells, at every step, what the leading hypothesis says so far.

For greedy search that is the output as it grows. With a beam it is the likeliest hypothesis of the
moment, which the next step may take back.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple

import numpy as np

from seqloom.search.origin import num_models
from seqloom.search.stepper import Candidates, Ids, State, Stepper
from seqloom.symbols import SOS


class Unfolded(NamedTuple, Generic[State]):
    """rows  the tokens of each hypothesis of the one source, in the order of the search"""

    state: State
    rows: tuple[tuple[int, ...], ...]


class Unfolding(Generic[State]):
    """One source at a time. `told` is given the ids of the leading hypothesis, without <sos>."""

    def __init__(self, stepper: Stepper[State], told: Callable[[Sequence[int]], Any]) -> None:
        self._stepper = stepper
        self._told = told
        self.vocabulary_size = stepper.vocabulary_size
        self.num_models = num_models(stepper)

    def start(self, sources: Sequence[Sequence[int]]) -> Unfolded[State]:
        assert len(sources) == 1, "one source at a time"
        return Unfolded(self._stepper.start(sources), ((),))

    def step(
        self, state: Unfolded[State], tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, Unfolded[State]]:
        rows = tuple(
            row if token == SOS else (*row, token)
            for row, token in zip(state.rows, tokens[0].tolist(), strict=True)
        )
        if rows[0]:
            self._told(rows[0])
        candidates, after = self._stepper.step(state.state, tokens, k, wanted)
        return candidates, Unfolded(after, rows)

    def select(self, state: Unfolded[State], sources: Ids, parents: Ids) -> Unfolded[State]:
        rows = tuple(state.rows[parent] for parent in parents[0].tolist()) if len(parents) else ()
        kept = self._stepper.select(state.state, sources, np.asarray(parents))
        return Unfolded(kept, rows)
