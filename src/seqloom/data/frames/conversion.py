"""What a converter of frames answers with, in the units of its data.

Sizes: T frames written, G features, S frames read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqloom.search.stepper import Reals

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Conversion:
    """One answer.

    frames     [T, G]  what is written
    scale      [T, G]  the standard deviation around it
    quantiles  [T, G] for each level, rising with the levels
    attention  [T, S]  what each step looked at; None where nothing attends
    names      of the features; empty where they have none
    times      [T] of the frames, as ISO dates; empty where they have none
    number     of the sequence that it answers in what was asked, from 1; others may have been set aside
    """

    frames: Reals
    scale: Reals
    quantiles: Mapping[float, Reals] = field(default_factory=dict[float, Reals])
    attention: Reals | None = None
    names: Sequence[str] = ()
    times: Sequence[str] = ()
    number: int = 1

    def record(self, attention: bool = False) -> dict[str, Any]:
        """What JSON can hold."""
        record: dict[str, Any] = {
            "record": self.number,
            "frames": rounded(self.frames),
            "scale": rounded(self.scale),
            "quantiles": {f"{level:g}": rounded(each) for level, each in self.quantiles.items()},
        }
        if self.names:
            record["names"] = list(self.names)
        if self.times:
            record["times"] = list(self.times)
        if attention and self.attention is not None:
            record["attention"] = rounded(self.attention)
        return record


def rounded(values: Reals) -> list[list[float]]:
    """Seven digits: all that a float32 has."""
    return [[float(f"{value:.7g}") for value in row] for row in np.asarray(values).tolist()]
