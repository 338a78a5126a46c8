"""How far written frames are from what was to be written.

    mse, mae      mean squared and absolute error over all values, standardised
    mse_units, mae_units   the same in the units of the data, which mixes what features are measured in
    distance      mean over frames of |y - x|, the Euclidean distance of two frames in the units of the
                  data: of log-mel frames, the mel distance

Each also for the plainest of answers, as `..._plain`: the last known frame repeated, where a forecast is
asked for; the source as it is, where a conversion is.

Sizes: T frames, G features.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.floating[Any]]


@dataclass
class Errors:
    """Sums over frames, to be added to. `deviation` turns the units of the data into standardised
    ones."""

    deviation: Sequence[float]
    frames: int = 0
    squared: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    absolute: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    distance: float = 0.0

    def add(self, written: Reals, wanted: Reals) -> None:
        """Frames [T, G] of each; where one is longer, its rest has nothing to be compared with."""
        steps = min(len(written), len(wanted))
        off = written[:steps].astype(np.float64) - wanted[:steps]
        if not self.frames:
            self.squared, self.absolute = np.zeros(off.shape[1]), np.zeros(off.shape[1])
        self.squared = self.squared + np.square(off).sum(axis=0)
        self.absolute = self.absolute + np.abs(off).sum(axis=0)
        self.distance += float(np.sqrt(np.square(off).sum(axis=1)).sum())
        self.frames += steps

    def scores(self) -> dict[str, float]:
        count, deviation = max(1, self.frames), np.array(self.deviation)
        return {
            "mse": float((self.squared / count / deviation**2).mean()),
            "mae": float((self.absolute / count / deviation).mean()),
            "mse_units": float((self.squared / count).mean()),
            "mae_units": float((self.absolute / count).mean()),
            "distance": self.distance / count,
        }


@dataclass(frozen=True, slots=True)
class FrameScores:
    """values by name; what was compared: pairs, and frames in all."""

    values: Mapping[str, float]
    pairs: int
    frames: int

    def record(self) -> dict[str, float | int]:
        return {**self.values, "pairs": self.pairs, "frames": self.frames}
