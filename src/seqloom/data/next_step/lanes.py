"""One long text as batches whose state goes over from each to the next.

    the text   a b c d e f g h i j k l            lanes=3, steps=2
    targets    a b | c d        inputs  # a | b c      lane 0
               e f | g h                d e | f g      lane 1
               i j | k l                h i | j k      lane 2

The text is cut in as many lanes as a batch has rows; a batch has the next `steps` of every lane. Every
token is a target exactly once, and its input is the token before it, in the last lane's end too; what
stands before the first is the end of a line (#). A lane begins without knowing what was before it.

Sizes: N lanes, T steps.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.search.stepper import Ids
from seqloom.symbols import EOS, PAD


class Cut(NamedTuple):
    """inputs and targets [N, T], both <pad> behind the text; `first` says that lanes begin here, and
    `place` at which step of them."""

    inputs: Ids
    targets: Ids
    first: bool
    place: int


class Lanes:
    """The batches of a text, the same in every epoch."""

    def __init__(self, ids: NDArray[np.int32], lanes: int, steps: int) -> None:
        assert len(ids), "a text has at least one token"
        lanes = min(lanes, len(ids))
        length = -(-len(ids) // lanes)
        whole = np.full(lanes * length, PAD, dtype=np.int32)
        whole[: len(ids)] = ids
        before = np.concatenate([[EOS], whole[:-1]]).astype(np.int32)
        before[len(ids) :] = PAD
        self.targets = whole.reshape(lanes, length)
        self.inputs = before.reshape(lanes, length)
        self.steps = steps
        self.tokens = len(ids)

    def epoch(self, number: int, skip: int = 0) -> Iterator[Cut]:
        for start in range(skip * self.steps, self.targets.shape[1], self.steps):
            part = slice(start, start + self.steps)
            inputs, targets = self.inputs[:, part], self.targets[:, part]
            yield Cut(inputs.astype(np.int64), targets.astype(np.int64), start == 0, start)

    def num_batches(self, epoch: int) -> int:
        return -(-self.targets.shape[1] // self.steps)
