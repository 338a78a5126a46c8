"""The rows of the documents table: han2016 with the changes that stand in rows/NAME.yaml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from benchmarks.documents.sets import SETS, Set, files_of
from seqloom.api import prepare_recipe
from seqloom.config import DocumentRecipe

FOLDER = Path(__file__).parent / "rows"
NAMES = ("han", "hn-ave", "hn-max", "flat", "bag-of-words")


@dataclass(frozen=True, slots=True)
class Row:
    """seeds  how many are run at most; None runs all that are asked for"""

    name: str
    about: str
    changes: tuple[str, ...]
    seeds: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One training run."""

    set: str
    row: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.set}/{self.row}/{self.seed}"

    @classmethod
    def named(cls, name: str) -> "Cell":
        of, row, seed = name.split("/")
        return cls(of, row, int(seed))


@cache
def rows() -> tuple[Row, ...]:
    read = [(name, yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))) for name in NAMES]
    return tuple(
        Row(name, each["about"], tuple(each["changes"]), each.get("seeds")) for name, each in read
    )


def cells(seeds: list[int]) -> list[Cell]:
    """Every set, row and seed."""
    return [
        Cell(each.name, row.name, seed)
        for each in SETS
        for row in rows()
        for seed in seeds[: row.seeds]
    ]


def set_named(name: str) -> Set:
    return next(each for each in SETS if each.name == name)


def recipe_of(cell: Cell, data: Path) -> DocumentRecipe:
    """`data` is the folder where the sets are."""
    chosen = set_named(cell.set)
    train, dev, test = files_of(chosen, data / cell.set)
    row = next(row for row in rows() if row.name == cell.row)
    changes = [f'data.test=["{test}"]', f"seed={cell.seed}", *chosen.changes, *row.changes]
    recipe = prepare_recipe("han2016", [train], [dev], changes)
    assert isinstance(recipe, DocumentRecipe)
    return recipe
