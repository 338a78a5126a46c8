"""Several models that decode as one: their probabilities are averaged at every step.

    p(token) = 1/M sum_m p_m(token)             M members

Members may be of any architecture if they read the same source ids and write the same vocabulary.
Every member names the probabilities of all V tokens, so a step costs a sorting of the vocabulary
for each. A member that copies names tokens beyond V as well, which to the others are impossible; beside
it one that does not is driven through search/plain.py. The attention is the mean over those members that
have any.

Sizes: B sources in flight, W hypotheses of each, S source length, V vocabulary, k candidates.
"""

from collections.abc import Sequence
from functools import reduce
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.search.stepper import Candidates, Ids, Reals, Stepper

States = tuple[Any, ...]
"""The state of each member, which only that member looks into."""


class EnsembleStepper:
    """A stepper made of steppers; their order does not matter."""

    def __init__(self, steppers: Sequence[Stepper[Any]]) -> None:
        sizes = [stepper.vocabulary_size for stepper in steppers]
        if not sizes:
            raise UserError("An ensemble needs at least one model, but none was given. Name some.")
        if len(set(sizes)) > 1:
            raise UserError(
                "The models of an ensemble must have one vocabulary, but theirs have "
                f"{', '.join(map(str, sizes))} tokens. Leave out those with another, or train them "
                "on the same data with the same target settings."
            )
        self.vocabulary_size = sizes[0]
        self.num_models = len(sizes)
        self._steppers = tuple(steppers)

    def start(self, sources: Sequence[Sequence[int]]) -> States:
        return tuple(stepper.start(sources) for stepper in self._steppers)

    def step(
        self, state: States, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, States]:
        steps = [
            stepper.step(own, tokens, self.vocabulary_size, wanted)
            for stepper, own in zip(self._steppers, state, strict=True)
        ]
        members = [candidates for candidates, _ in steps]
        size = max(member.tokens.shape[2] for member in members)
        log_probs = log_mean([_by_token(member, size) for member in members])
        best = _best(log_probs, k if k < self.vocabulary_size else size)
        named = [member.wanted for member in members if member.wanted is not None]
        candidates = Candidates(
            tokens=best,
            log_probs=np.take_along_axis(log_probs, best, axis=2),
            wanted=log_mean(named) if named else None,
            weights=_mean_weights([m.weights for m in members if m.weights is not None]),
        )
        return candidates, tuple(own for _, own in steps)

    def select(self, state: States, sources: Ids, parents: Ids) -> States:
        return tuple(
            stepper.select(own, sources, parents)
            for stepper, own in zip(self._steppers, state, strict=True)
        )


def _by_token(candidates: Candidates, size: int) -> Reals:
    """[B, W, size]: the log probabilities in the order of the ids."""
    shape = (*candidates.tokens.shape[:2], size)
    by_token = np.full(shape, -np.inf, dtype=candidates.log_probs.dtype)
    np.put_along_axis(by_token, candidates.tokens, candidates.log_probs, axis=2)
    return by_token


def log_mean(log_probs: Sequence[Reals]) -> Reals:
    """The logarithm of the mean probability; what a single member says is left as it is."""
    wide: list[NDArray[np.float64]] = [member.astype(np.float64) for member in log_probs]
    return (reduce(np.logaddexp, wide) - log(len(wide))).astype(np.float32)


def _best(log_probs: Reals, k: int) -> Ids:
    """The k best tokens [B, W, k], best first; equals in the order of their ids."""
    if k < log_probs.shape[2]:
        best = np.sort(np.argpartition(-log_probs, k - 1, axis=2)[:, :, :k], axis=2)
    else:
        best = np.broadcast_to(np.arange(k), log_probs.shape)
    order = np.argsort(-np.take_along_axis(log_probs, best, axis=2), axis=2, kind="stable")
    return np.take_along_axis(best, order, axis=2)


def _mean_weights(weights: Sequence[Reals]) -> Reals | None:
    """Members may differ in how much padding they carry along."""
    if not weights:
        return None
    longest = max(own.shape[2] for own in weights)
    total = np.zeros((*weights[0].shape[:2], longest), dtype=np.float32)
    for own in weights:
        total[:, :, : own.shape[2]] += own
    return total / np.float32(len(weights))
