"""Outputs that are given rather than searched for: what each of their tokens is worth, and what the
model attends to while it is made to write them.

Sizes: B sources, T target length, S source length.
"""

from collections.abc import Sequence

import numpy as np

from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import Ids, State, Stepper
from seqloom.symbols import EOS, SOS


def forced(
    stepper: Stepper[State], sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]
) -> list[Hypothesis]:
    """The one hypothesis of each source, all in one batch; ids with <eos> last on both sides."""
    lengths = [len(target) for target in targets]
    wanted = _filled(targets, max(lengths, default=0))
    state = stepper.start(sources)
    tokens = np.full((len(sources), 1), SOS, dtype=np.int64)
    log_probs, weights = list[np.ndarray](), list[np.ndarray]()
    for asked in np.split(wanted, wanted.shape[1], axis=1):
        candidates, state = stepper.step(state, tokens, 1, asked)
        assert candidates.wanted is not None
        log_probs.append(candidates.wanted[:, 0])
        if candidates.weights is not None:
            weights.append(candidates.weights[:, 0])
        tokens = np.ascontiguousarray(asked)
    scores = np.stack(log_probs, axis=1)
    paid = np.stack(weights, axis=1) if weights else None
    return [
        _hypothesis(
            target,
            scores[row, : len(target)].tolist(),
            None if paid is None else paid[row, : len(target), : len(source)],
        )
        for row, (source, target) in enumerate(zip(sources, targets, strict=True))
    ]


def _filled(targets: Sequence[Sequence[int]], width: int) -> Ids:
    """What stands behind an end is asked as <eos>, and its answer thrown away."""
    rows = np.full((len(targets), width), EOS, dtype=np.int64)
    for row, target in zip(rows, targets, strict=True):
        row[: len(target)] = target
    return rows


def _hypothesis(
    target: Sequence[int], log_probs: list[float], weights: np.ndarray | None
) -> Hypothesis:
    finished = bool(target) and target[-1] == EOS
    written = tuple(target[:-1] if finished else target)
    return Hypothesis(written, tuple(log_probs), sum(log_probs), weights, finished, "given")
