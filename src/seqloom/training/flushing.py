"""Numbers below the smallest normal one count as zero while a model is trained: gradients that have all
but vanished are made of them, and processors take many times as long over each.

It is a setting of the thread, which others rely on: it is left as it was found.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import torch


@contextmanager
def flushing() -> Generator[None]:
    before = flushes()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def flushes() -> bool:
    """Whether this thread counts them as zero."""
    return sys.float_info.min / 2 == 0.0
