"""Occlusion: what becomes of each output token when one source token is erased (Zeiler 2014, Li 2016).

    W_tj = log p(y_t | y_<t, x) - log p(y_t | y_<t, x without x_j)        in nats

Above 0 the source token speaks for the output token, below 0 against it. <eos> is never erased: 0.

Sizes: T output tokens, S source tokens.
"""

import numpy as np

from seqloom.attribution.erased import Asked, Erasing, Score, log_probs, without
from seqloom.search.stepper import Reals


def occlusion(score: Score, asked: Asked, erasing: Erasing = "unk") -> Reals:
    """W [T, S]; all erased sources are scored in a few batches."""
    each = [without(asked.source, {place}, erasing) for place in range(asked.num_erasable)]
    found = log_probs(score, asked, [asked.source, *each])
    weights = np.zeros((len(asked.target), len(asked.source)), dtype=np.float32)
    weights[:, : asked.num_erasable] = (found[0] - found[1:]).T
    return weights
