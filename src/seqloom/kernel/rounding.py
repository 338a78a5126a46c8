"""Matrices in 8 bits: whole numbers, and one factor for each output.

W_oi = q_oi f_o,    f_o = max_i |W_oi| / 127,    q_oi in -127..127
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FACTORS = ".factors"
"""What the names of factors end with in a file."""


class Rounded(NamedTuple):
    """numbers [O, I], factors [O, 1]."""

    numbers: NDArray[np.int8]
    factors: NDArray[np.float32]


Weight = NDArray[Any] | Rounded


def rounded(weight: NDArray[np.float32]) -> Rounded:
    largest = np.abs(weight).max(axis=-1, keepdims=True, initial=0.0)
    factors = np.where(largest == 0.0, 1.0, largest / 127).astype(np.float32)
    return Rounded(np.rint(weight / factors).astype(np.int8), factors)


def all_rounded(weights: Mapping[str, Weight]) -> dict[str, Weight]:
    """Of a model all matrices; biases stay as they are."""
    return {
        name: rounded(weight) if isinstance(weight, np.ndarray) and weight.ndim > 1 else weight
        for name, weight in weights.items()
    }


def to_arrays(weights: Mapping[str, Weight]) -> dict[str, NDArray[Any]]:
    """As they stand in a file."""
    arrays = dict[str, NDArray[Any]]()
    for name, weight in weights.items():
        if isinstance(weight, Rounded):
            arrays |= {name: weight.numbers, name + FACTORS: weight.factors}
        else:
            arrays[name] = weight
    return arrays


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Weight]:
    """Back from a file."""
    return {
        name: Rounded(array, arrays[name + FACTORS]) if name + FACTORS in arrays else array
        for name, array in arrays.items()
        if not name.endswith(FACTORS)
    }
