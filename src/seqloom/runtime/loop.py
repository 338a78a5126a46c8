"""What the graph with greedy search inside says, read as hypotheses.

It goes on until every source of the batch has its <eos> or as many tokens as it may have, so what
stands behind that in a row is of no matter.

Sizes: T steps, B sources, S source length.
"""

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import length_penalty
from seqloom.search.stepper import Ids, Reals
from seqloom.symbols import EOS

_LENGTHS = {"max_length", "max_ratio", "min_length", "length_penalty"}
_NO_MATTER = {"nbest", "diversity", "temperature", "top_k", "top_p", "seed", "batch_size"}
_ELSEWHERE = {"mbr_samples", "replace_unknown", "dictionary"}
_KNOWN = _LENGTHS | _NO_MATTER | _ELSEWHERE
"""Settings that the graph follows, that plain greedy search does not look at, or that others follow."""


def greedy_suffices(settings: Search) -> bool:
    """Whether plain greedy search is all that these settings ask for; any that is not known here has
    to have its default."""
    return not any(
        getattr(settings, name) != about.get_default(call_default_factory=True)
        for name, about in Search.model_fields.items()
        if name not in _KNOWN
    )


def hypotheses(
    tokens: Ids,
    log_probs: Reals,
    weights: Reals | None,
    lengths: Ids,
    limits: Ids,
    alpha: float,
) -> list[list[Hypothesis]]:
    """The output of each source; tokens and log_probs are [T, B], weights [T, B, S]."""
    return [
        [
            _hypothesis(
                tokens[:, row],
                log_probs[:, row],
                None if weights is None else weights[:, row, : lengths[row]],
                int(limits[row]),
                alpha,
            )
        ]
        for row in range(len(lengths))
    ]


def _hypothesis(
    tokens: Ids, log_probs: Reals, weights: Reals | None, limit: int, alpha: float
) -> Hypothesis:
    ends = np.flatnonzero(tokens[: limit + 1] == EOS)
    finished = len(ends) > 0
    length = int(ends[0]) if finished else limit
    steps = length + finished
    return Hypothesis(
        tokens=tuple(tokens[:length].tolist()),
        token_log_probs=tuple(log_probs[:steps].tolist()),
        score=_score(log_probs[:steps], alpha),
        # A copy, so that keeping one hypothesis does not keep those of the whole batch.
        weights=None if weights is None else weights[:steps].copy(),
        finished=finished,
        origin="beam",
    )


def _score(log_probs: NDArray[np.float32], alpha: float) -> float:
    # Added one by one, as the search adds them: `sum` rounds otherwise.
    total = float(np.cumsum(np.append(0.0, log_probs.astype(np.float64)))[-1])
    return total / length_penalty(len(log_probs), alpha)
