"""Decoding recurrent encoder-decoders with a small compiled kernel: no torch, packed weights, the
whole greedy loop in one call. Where it was not built, or does not know a model, others decode."""

from seqloom.kernel.describe import UnsupportedError, why_not
from seqloom.kernel.library import available, num_threads, set_threads
from seqloom.kernel.stepper import KernelStepper

__all__ = [
    "KernelStepper",
    "UnsupportedError",
    "available",
    "num_threads",
    "set_threads",
    "why_not",
]
