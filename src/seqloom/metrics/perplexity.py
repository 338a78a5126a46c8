"""How many tokens the model was, on average, as good as choosing between.

    perplexity = exp(-sum_i log p(reference_i | source_i) / sum_i tokens_i)

Natural logs; the end of a sequence is a token and is counted on both sides. Perplexities of unlike
vocabularies do not compare. A reference of probability 0 makes it infinite.

Sizes: I items, R rows of sums.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.metrics.tally import Counts, Tally


def perplexity(log_probs: Sequence[float], num_tokens: Sequence[int]) -> Tally:
    """Of each item the natural log probability of its reference, and the tokens of it."""
    logs = np.asarray(log_probs, dtype=np.float64)
    if np.isnan(logs).any():
        raise UserError(
            f"Log probabilities must be numbers, but number {int(np.isnan(logs).argmax()) + 1} is "
            "NaN. The model is broken: train it again with a lower rate, or load another."
        )
    # Infinities are counted apart: a resample without them must not see 0 * inf.
    impossible = np.isinf(logs)
    finite = np.where(impossible, 0.0, logs)
    return Tally(np.stack([finite, np.asarray(num_tokens), impossible], axis=1), _rate)


def _rate(sums: Counts) -> NDArray[np.float64]:
    nats = -sums[:, 0] / np.maximum(sums[:, 1], 1.0)
    with np.errstate(over="ignore"):  # beyond e^709 infinity is the honest answer
        return np.where(sums[:, 2] > 0, np.inf, np.exp(nats))
