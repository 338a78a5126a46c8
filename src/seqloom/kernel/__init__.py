"""Decoding recurrent encoder-decoders with a small compiled kernel: no torch, packed weights, the
whole greedy loop in one call. Where it was not built, or does not know a model, others decode.

The same library holds what training has compiled, which nn/ calls: `gates`, `asking`, `entropy` and
`fed`."""

from seqloom.kernel.describe import UnsupportedError, why_not
from seqloom.kernel.library import available, num_threads, set_threads
from seqloom.kernel.rounding import Rounded, all_rounded, from_arrays, rounded, to_arrays
from seqloom.kernel.stepper import KernelStepper
from seqloom.kernel.weights import read_weights

__all__ = [
    "KernelStepper",
    "Rounded",
    "UnsupportedError",
    "all_rounded",
    "available",
    "from_arrays",
    "num_threads",
    "read_weights",
    "rounded",
    "set_threads",
    "to_arrays",
    "why_not",
]
