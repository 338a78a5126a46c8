"""Standardised features: z = (x - mean) / deviation, feature by feature, and the way back.

The figures come from the training sequences alone, in one pass (Chan et al. 1983):

    n = n_a + n_b      d = mean_b - mean_a
    mean = mean_a + d n_b / n
    M2   = M2_a + M2_b + d^2 n_a n_b / n           deviation = sqrt(M2 / n)

A feature that never changes has nothing to divide by. It is an error, since a model learns nothing
from it, or is kept at deviation 1. Bits (pen up, pen down) are left as they are.

Sizes: T frames, F features.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.search.stepper import Reals

Constant = Literal["refuse", "keep"]


@dataclass(frozen=True, slots=True)
class Scaler:
    """One mean and one deviation for each feature."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    def apply(self, frames: Reals) -> Reals:
        """[T, F], standardised."""
        return ((frames - np.array(self.mean)) / np.array(self.deviation)).astype(np.float32)

    def undo(self, frames: Reals) -> Reals:
        """[..., F], in the units of the data."""
        return (frames * np.array(self.deviation) + np.array(self.mean)).astype(np.float32)

    def leaving(self, kept: Collection[int]) -> "Scaler":
        """The same, but for some features (counted from 0) that stay as they are."""
        each = enumerate(zip(self.mean, self.deviation, strict=True))
        pairs = [(0.0, 1.0) if feature in kept else pair for feature, pair in each]
        return Scaler(tuple(mean for mean, _ in pairs), tuple(each for _, each in pairs))

    def record(self) -> dict[str, list[float]]:
        """What JSON can hold; a float survives it bit for bit."""
        return {name: list(values) for name, values in asdict(self).items()}

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> Self:
        """The scaler that `record` describes. Raises UserError if it describes none."""
        try:
            mean, deviation = (tuple(map(float, record[name])) for name in ("mean", "deviation"))
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged() from error
        usable = np.isfinite([*mean, *deviation]).all() and all(each > 0 for each in deviation)
        if len(mean) != len(deviation) or not usable:
            raise _damaged()
        return cls(mean, deviation)


class Moments:
    """Count, mean and squared deviations of all frames so far."""

    def __init__(self) -> None:
        self.count = 0
        self.mean: NDArray[np.float64] = np.zeros(0)
        self.squares: NDArray[np.float64] = np.zeros(0)
        self.least: NDArray[np.float64] = np.zeros(0)
        self.most: NDArray[np.float64] = np.zeros(0)

    def add(self, frames: Reals) -> None:
        values = frames.astype(np.float64)
        if not self.count:
            width = values.shape[1]
            self.mean, self.squares = np.zeros(width), np.zeros(width)
            self.least, self.most = values.min(axis=0), values.max(axis=0)
        mean = values.mean(axis=0)
        count, ahead = self.count + len(values), mean - self.mean
        self.squares = self.squares + np.square(values - mean).sum(axis=0)
        self.squares += ahead**2 * (self.count * len(values) / count)
        self.mean = self.mean + ahead * (len(values) / count)
        self.least = np.minimum(self.least, values.min(axis=0))
        self.most = np.maximum(self.most, values.max(axis=0))
        self.count = count


def fit(
    sequences: Iterable[Reals],
    *,
    constant: Constant = "refuse",
    as_they_are: Collection[int] = (),
    names: Sequence[str] = (),
    where: str = "",
    remedy: str = "Leave it out, or allow constant features.",
) -> Scaler:
    """The scaler of some sequences [T, F].

    as_they_are   features that are not scaled, counted from 0
    names, where  of the features, and whose they are, for messages
    remedy        for a feature that never changes
    """
    moments = Moments()
    for number, frames in enumerate(sequences, start=1):
        _check_finite(frames, number, names)
        moments.add(frames)
    if not moments.count:
        raise UserError("Scaling needs at least one frame, but there is none. Give training data.")
    still = _still(moments, as_they_are)
    if still and constant == "refuse":
        raise UserError(
            f"{where}{': ' if where else ''}{_name(still[0], names)} must vary, but is "
            f"{moments.most[still[0]]:g} in all {moments.count} frames. {remedy}"
        )
    deviation = np.sqrt(moments.squares / moments.count)
    deviation[still] = 1.0
    mean = moments.mean.copy()
    kept = list(as_they_are)
    mean[kept], deviation[kept] = 0.0, 1.0
    return Scaler(tuple(mean.tolist()), tuple(deviation.tolist()))


def _still(moments: Moments, as_they_are: Collection[int]) -> list[int]:
    """Features whose every value is the same. (Their variance need not be 0 by rounding.)"""
    same = np.flatnonzero(moments.least == moments.most).tolist()
    return [index for index in same if index not in as_they_are]


def _check_finite(frames: Reals, number: int, names: Sequence[str]) -> None:
    wrong = np.argwhere(~np.isfinite(frames))
    if len(wrong):
        frame, feature = wrong[0].tolist()
        raise UserError(
            f"Sequence {number}, frame {frame + 1}: {_name(feature, names)} must be finite, "
            f"but is {frames[frame, feature]}. Mend the data."
        )


def _name(feature: int, names: Sequence[str]) -> str:
    return f"feature '{names[feature]}'" if names else f"feature {feature + 1}"


def _damaged() -> UserError:
    return UserError(
        "A saved scaler must have a mean and a positive deviation for each feature, but this one "
        "does not. Train again, or restore the file."
    )
