"""What a converter keeps of its training data: the names of the features and how they were scaled, as
`features.json` in the run folder.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from seqloom.atomic import replacing
from seqloom.data.series.scaling import Scaler
from seqloom.errors import UserError
from seqloom.search.stepper import Ids

FEATURES = "features.json"


@dataclass(frozen=True, slots=True)
class Features:
    """Of one side. `names` is empty where features have none; `bits`: every value is 0 or 1, and not
    scaled."""

    scaler: Scaler
    names: tuple[str, ...] = ()
    bits: bool = False

    @property
    def width(self) -> int:
        return len(self.scaler.mean)

    def name(self, feature: int) -> str:
        return self.names[feature] if self.names else f"feature {feature + 1}"

    def only(self, kept: Sequence[int]) -> "Features":
        """Some of them."""
        mean, deviation = self.scaler.mean, self.scaler.deviation
        scaler = Scaler(tuple(mean[i] for i in kept), tuple(deviation[i] for i in kept))
        return Features(scaler, tuple(self.names[i] for i in kept) if self.names else ())


@dataclass(frozen=True, slots=True)
class Setting:
    """Both sides. In windows the features of the target are some of those of the source."""

    source: Features
    target: Features

    @property
    def targets(self) -> Ids:
        """Where the target's features stand among the source's, by name."""
        return np.array([self.source.names.index(name) for name in self.target.names], np.int64)

    def save(self, folder: Path) -> None:
        sides = {"source": self.source, "target": self.target}
        record = {name: _record(side) for name, side in sides.items()}
        with replacing(folder / FEATURES) as part:
            text = json.dumps(record, indent=2, ensure_ascii=False)
            part.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        path = folder / FEATURES
        try:
            record: dict[str, Any] = json.loads(path.read_bytes())
            return cls(*(_side(record[name]) for name in ("source", "target")))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"{path}: must hold the features that the run was trained on, but cannot be read "
                f"({error}). Restore it, or train again."
            ) from error


def _record(side: Features) -> dict[str, Any]:
    return {"names": side.names, "bits": side.bits, **side.scaler.record()}


def _side(record: dict[str, Any]) -> Features:
    """Runs of before there were bits have none."""
    names = tuple(map(str, record["names"]))
    return Features(Scaler.of_record(record), names, bool(record.get("bits", False)))
