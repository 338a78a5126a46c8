"""Scheduled sampling (Bengio 2015, section 2.4): how often the model is fed its own guess.

The paper's e_i is the probability of the true token at update i; it falls from 1, and ours rises
with what is lost of it, from `start` to `end`:

    p_i = start + (end - start) * (1 - e_i)

    linear            e_i = max(0, 1 - c i)            c = 1 / updates, so that e = 0 at `updates`
    exponential       e_i = k^i                        k = 0.01^(1 / updates)
    inverse_sigmoid   e_i = k / (k + exp(i / k))       k from updates / k = log(99 k)

The last two never quite arrive: their constant k is the one with which e = 0.01 at `updates`. The
inverse sigmoid begins slowly, falls fastest at i = k log k, and at i = 0 has e = k / (k + 1).
"""

import math
from functools import cache
from typing import assert_never

from seqloom.config.training import Sampling

LEFT = 0.01
"""e at `updates`, where it is never 0."""


def own_probability(settings: Sampling, update: int) -> float:
    """The probability of feeding the model's own guess at `update` (counted from 1)."""
    match settings.decay:
        case "linear":
            true = max(0.0, 1.0 - update / settings.updates)
        case "exponential":
            true = LEFT ** (update / settings.updates)
        case "inverse_sigmoid":
            k = inverse_sigmoid_constant(settings.updates)
            # The same as k / (k + exp(update / k)), but it cannot overflow.
            true = 1.0 / (1.0 + math.exp(min(700.0, update / k - math.log(k))))
        case _:
            assert_never(settings.decay)
    return settings.start + (settings.end - settings.start) * (1.0 - true)


@cache
def inverse_sigmoid_constant(updates: int) -> float:
    """The k with which k / (k + exp(updates / k)) is LEFT."""
    k = float(updates)
    for _ in range(100):  # the error shrinks by log(99 k) > 3 at every round
        k = updates / math.log(k * (1 / LEFT - 1))
    return k
