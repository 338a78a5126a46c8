"""Lines of text, each a sequence of its own: <sos> a b c predicts a b c <eos>.

Sizes: N lines, T tokens in the longest, <eos> counted.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.data.next_step.strokes import padded_ids
from seqloom.search.stepper import Ids
from seqloom.symbols import PAD, SOS


class LineBatch(NamedTuple):
    """inputs and targets [N, T]; `rows` are numbers of the set, from 0."""

    rows: Ids
    inputs: Ids
    targets: Ids


class LineSet:
    """ids of each line, <eos> at its end."""

    def __init__(self, ids: Sequence[Sequence[int]]) -> None:
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> list[int]:
        return [len(each) for each in self.ids]

    def collate(self, rows: NDArray[np.int64]) -> LineBatch:
        targets, lengths = padded_ids([self.ids[row] for row in rows])
        inputs = np.full_like(targets, SOS)
        inputs[:, 1:] = targets[:, :-1]
        inputs[np.arange(targets.shape[1]) >= lengths[:, None]] = PAD
        return LineBatch(rows, inputs, targets)
