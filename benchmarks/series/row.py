"""A row of the series page: a recipe over some data, what is made of it, and how it is judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from benchmarks.quality.rows import data_folder

if TYPE_CHECKING:
    from seqloom.api import AnyModel


@dataclass(slots=True)
class Judged:
    """scores and texts by name; pictures: captions by the name of a PNG file in the row's folder."""

    scores: dict[str, float] = field(default_factory=dict[str, float])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    pictures: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Judging:
    """What a judge is given: the trained model, the row's folder, and those of all rows."""

    row: "Row"
    model: "AnyModel"
    folder: Path
    out: Path
    quick: bool = False


Judge = Callable[[Judging], Judged]


@dataclass(frozen=True, slots=True)
class Row:
    """One training run and how it is judged.

    minutes    CPU minutes that it is expected to take, judging included
    files      what the recipe is trained on, below the data folder; none if it makes its own
    published  what others reached, by the name of the score
    needs      rows that must have been trained before
    quick      settings with which the row is over in seconds, and says nothing
    """

    name: str
    recipe: str
    minutes: int
    judge: Judge
    data: str
    files: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    published: dict[str, float] = field(default_factory=dict[str, float])
    needs: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()

    def settings(self, test: list[str]) -> list[str]:
        """What is changed in the recipe."""
        return [*([f"data.test=[{','.join(test)}]"] if test else []), *self.changes]

    def command(self) -> str:
        """What trains it by hand, with $SEQLOOM_DATA for the data folder."""
        parts = ["seqloom", "train", self.recipe]
        for option, names in (("--data", self.files), ("--dev", self.dev)):
            parts += [f'{option} "$SEQLOOM_DATA/{name}"' for name in names]
        if self.test:
            parts.append(f'--set "data.test=[{",".join(map(_below, self.test))}]"')
        parts += [f"--set {quote(change)}" for change in self.changes]
        return " ".join([*parts, f"--out runs/{self.name.replace('/', '-')}"])


def _below(name: str) -> str:
    return f"$SEQLOOM_DATA/{name}"


def paths(names: tuple[str, ...]) -> list[str]:
    """Where files of the data folder are."""
    return [str(data_folder() / name) for name in names]


Result = dict[str, Any]
"""What result.json of a row holds (run_row.py)."""
