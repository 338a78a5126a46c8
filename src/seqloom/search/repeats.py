"""N-gram blocking: no run of n tokens comes twice in one output.

    blocked after y_1 .. y_t:  every y_i with  y_(i-n+1) .. y_(i-1) = y_(t-n+2) .. y_t

<eos> is never blocked, and a prefix goes before: what it repeats is repeated.

Sizes: b sources in flight, W hypotheses of each, t tokens so far, n tokens of a run, k candidates.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from seqloom.search.stepper import Candidates, Ids

_NONE = -1
"""Stands among the blocked tokens where none is blocked."""


class Repeats:
    """The outputs so far, [b, W, t], and which tokens would repeat a run in them."""

    def __init__(self, num_sources: int, n: int) -> None:
        self._n = n
        self._outputs: Ids = np.empty((num_sources, 1, 0), dtype=np.int64)

    def blocked(self) -> Ids:
        """[b, W, m]: the tokens that may not follow each hypothesis."""
        b, w, t = self._outputs.shape
        if t < self._n:
            return np.empty((b, w, 0), dtype=np.int64)
        runs = sliding_window_view(self._outputs, self._n, axis=2)
        latest = self._outputs[:, :, None, t - self._n + 1 :]
        again = (runs[..., :-1] == latest).all(axis=3)
        return np.where(again, runs[..., -1], _NONE)

    def follow(self, going: NDArray[np.bool_], parents: Ids, tokens: Ids) -> None:
        """Go on with the sources `going` [b], parents [b, W] continued with tokens [b, W]."""
        past = np.take_along_axis(self._outputs, parents[:, :, None], axis=1)
        self._outputs = np.concatenate([past, tokens[:, :, None]], axis=2)[going]


def most_blocked(blocked: Ids) -> int:
    """How many candidates may be lost to blocking, at most."""
    return int((blocked != _NONE).sum(axis=2).max(initial=0))


def without_blocked(candidates: Candidates, blocked: Ids, k: int) -> Candidates:
    """The k best that are not blocked; where there are fewer, others of log probability -inf."""
    repeats = (candidates.tokens[..., None] == blocked[:, :, None, :]).any(axis=3)
    kept = np.argsort(repeats, axis=2, kind="stable")[:, :, :k]
    log_probs = np.where(repeats, -np.inf, candidates.log_probs)
    return candidates._replace(
        tokens=np.take_along_axis(candidates.tokens, kept, axis=2),
        log_probs=np.take_along_axis(log_probs, kept, axis=2),
    )
