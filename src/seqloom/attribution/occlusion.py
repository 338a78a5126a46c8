"""Occlusion: what becomes of each output token when one source token is erased (Zeiler 2014, Li 2016).

    W_tj = log p(y_t | y_<t, x) - log p(y_t | y_<t, x without x_j)        in nats

Above 0 the source token speaks for the output token, below 0 against it. <eos> is never erased: 0.

Sizes: T output tokens, S source tokens.
"""

import numpy as np

from seqloom.attribution.erased import Erasable
from seqloom.search.stepper import Reals


def occlusion(source: Erasable) -> Reals:
    """W [T, S]; all erased sources are scored in a few batches."""
    found = source.log_probs([(), *((place,) for place in range(source.num_erasable))])
    weights = np.zeros((found.shape[1], source.num_parts), dtype=np.float32)
    weights[:, : source.num_erasable] = (found[0] - found[1:]).T
    return weights
