"""How a model reads real-valued sources: checked, scaled, and shown by what their positions stand for.

Saved in a run as `series.json`: mean and deviation of each feature over the training data.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqloom.atomic import replacing
from seqloom.config.recipe import Recipe
from seqloom.config.series import SeriesSource, StrokeSource
from seqloom.data.bad_rows import Fault, Place
from seqloom.data.example import ARRAY
from seqloom.data.series.absolute import check_fellow, usual_of
from seqloom.data.series.frames import judge
from seqloom.data.series.scaling import Scaler, fit
from seqloom.data.series.strokes import check_pen
from seqloom.errors import UserError
from seqloom.search.stepper import Reals
from seqloom.text.series import Series

NAME = "series.json"
_PEN = 2


@dataclass(frozen=True, slots=True)
class Reader:
    """joined: frames that make a position. longest: frames that a source may have."""

    scaler: Scaler
    settings: SeriesSource
    joined: int
    longest: int

    @classmethod
    def of(cls, recipe: Recipe, scaler: Scaler) -> Self:
        assert recipe.series is not None
        joined = getattr(recipe.encoder, "joined", 1)
        return cls(scaler, recipe.series, joined, recipe.data.max_source)

    @classmethod
    def fitted(cls, recipe: Recipe, sequences: Iterable[Reals]) -> Self:
        """Scaled by the training sequences; a pen is left as it is."""
        settings, files = recipe.series, ", ".join(recipe.data.train)
        where = f"{files}: source" if files else "source"
        if isinstance(settings, StrokeSource):
            names, remedy = ("dx", "dy", "pen"), "Are these strokes (dx, dy, pen)?"
            found = fit(sequences, as_they_are=(_PEN,), names=names, where=where, remedy=remedy)
            return cls.of(recipe, found)
        assert settings is not None
        remedy = "Leave it out, or set source.constant=keep."
        found = fit(sequences, constant=settings.constant, where=where, remedy=remedy)
        return cls.of(recipe, found)

    @property
    def width(self) -> int:
        return len(self.scaler.mean)

    def read(self, name: str, frames: NDArray[np.float32]) -> Series:
        """Raises UserError, with the name, for frames that cannot be read."""
        judged = judge(Place(name, 0), np.asarray(frames), self.longest, self.width)
        if isinstance(judged, Fault):
            raise UserError(f"{name}: {judged.reason} {judged.remedy}".rstrip())
        if isinstance(self.settings, StrokeSource):
            try:
                check_pen(judged.values)
                if name == ARRAY:  # those of files were compared with their fellows
                    check_fellow(judged.values, usual_of(self.scaler))
            except UserError as error:
                raise UserError(f"{name}: {error} Give offsets (dx, dy, pen).") from error
        return Series(self.scaler.apply(judged.values), self.joined)

    def labels(self, series: Series) -> tuple[str, ...]:
        """The time at which a position begins, or its frames, counted from 1."""
        rate = getattr(self.settings, "rate", None)
        firsts = range(0, len(series.frames), self.joined)
        if rate is not None:
            return tuple(f"{first / rate:.2f}s" for first in firsts)
        return tuple(_span(first + 1, first + self.joined, len(series.frames)) for first in firsts)

    def save(self, folder: Path) -> None:
        with replacing(folder / NAME) as part:
            part.write_text(json.dumps(self.scaler.record(), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, recipe: Recipe) -> Self:
        path = folder / NAME
        try:
            record: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise UserError(
                f"{path}: must say how the run's features were scaled, but cannot be read ({error}). "
                "Restore it, or train again."
            ) from error
        return cls.of(recipe, Scaler.of_record(record))


def _span(first: int, last: int, longest: int) -> str:
    last = min(last, longest)
    return str(first) if first == last else f"{first}-{last}"
