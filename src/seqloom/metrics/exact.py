"""Whole outputs right or wrong.

    exact = 100 * (outputs equal to any of their references) / outputs
    wer   = 100 - exact

`wer` is the word error rate of the pronunciation literature, where an entry is one word: the share
of words whose pronunciation has any mistake at all; a word counts as right if it matches any
reference. It is not the word error rate of speech recognition, which is edit distance over words:
that is `per` (edit.py) on text whose symbols are words.
"""

from collections.abc import Sequence

import numpy as np

from seqloom.metrics.pairs import Pair
from seqloom.metrics.tally import Tally, percent


def exact(pairs: Sequence[Pair]) -> Tally:
    return _share([pair.output in pair.references for pair in pairs])


def wer(pairs: Sequence[Pair]) -> Tally:
    return _share([pair.output not in pair.references for pair in pairs])


def _share(hits: list[bool]) -> Tally:
    return Tally(np.array([(hit, 1) for hit in hits], dtype=np.float64), percent)
