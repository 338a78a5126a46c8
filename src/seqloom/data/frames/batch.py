"""Pairs of frame sequences side by side, as a model is handed them.

The level of a source may be taken out of it and of its target, so that the model sees shapes only:

    none    a = 0             d = 1
    last    a = x_S           d = 1                              Zeng 2023, NLinear
    window  a = mean_t x_t    d = sqrt(var_t x_t + 1e-5)         Kim 2022, RevIN without its learnt part

    what the model sees = (x - a) / d        what it writes is put back by y d + a

Sizes: B pairs, S source frames, T target frames, F source features, G target features, C features of
the date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np

from seqloom.search.stepper import Ids, Reals

Level = Literal["none", "last", "window"]

_SMALL = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """Pairs, zeros on padding.

    source   [B, S, F + C]  frames, and behind them what is known of their dates
    target   [B, T, G]      what is to be written; zeros where that is not known
    known    [B, T, C]      what is known of the dates of the target
    first    [B, G]         what the first step is fed: the last frame before the target, or zeros
    offset, factor  [B, G]  a and d of the target features
    indices  [B]            which pairs these are, the first being 0
    """

    source: Reals
    source_lengths: Ids
    target: Reals
    target_lengths: Ids
    known: Reals
    first: Reals
    offset: Reals
    factor: Reals
    indices: Ids

    def __len__(self) -> int:
        return len(self.indices)

    def restored(self, frames: Reals) -> Reals:
        """Frames [..., B, T, G] with their level put back."""
        return frames * self.factor[:, None] + self.offset[:, None]


def level_of(source: Reals, level: Level) -> tuple[Reals, Reals]:
    """a and d [B, F] of sources [B, S, F] without padding."""
    shape = (source.shape[0], source.shape[2])
    match level:
        case "none":
            return np.zeros(shape, np.float32), np.ones(shape, np.float32)
        case "last":
            return source[:, -1], np.ones(shape, np.float32)
        case "window":
            deviation = np.sqrt(source.var(axis=1) + _SMALL)
            return source.mean(axis=1), deviation.astype(np.float32)
        case _:
            assert_never(level)


def padded(sequences: Sequence[Reals]) -> tuple[Reals, Ids]:
    """Sequences [T, F] as [B, T, F], zeros behind their ends, and their lengths."""
    lengths = np.array([len(each) for each in sequences], dtype=np.int64)
    frames = np.zeros((len(sequences), int(lengths.max()), sequences[0].shape[1]), np.float32)
    for row, sequence in zip(frames, sequences, strict=True):
        row[: len(sequence)] = sequence
    return frames, lengths
