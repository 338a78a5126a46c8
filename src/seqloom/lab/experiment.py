"""What is compared with what, read from a YAML file.

    title: Does attention help?
    tasks:
      de-en: {train: [train.de,train.en], dev: [...], test: [...], format: parallel}
    set: [training.max_updates=4000, encoder.hidden=256]      what every row shares
    rows:
      Sutskever: {recipe: sutskever2014}
      Bahdanau: {recipe: bahdanau2015, set: [decoder.layers=1]}
    seeds: [1, 2, 3]
    metrics: [bleu, perplexity]

Every row is trained on every task with every seed. What a row sets counts for more than what all
share. In the names of files, $NAME stands for a variable of the environment.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from seqloom.api import prepare_recipe
from seqloom.config import Recipe, of_pairs, override
from seqloom.config.data import Data
from seqloom.config.messages import explain
from seqloom.config.recipe import Metric
from seqloom.config.section import Section
from seqloom.config.yaml_file import load
from seqloom.errors import UserError
from seqloom.metrics.bleu import Tokenize

_NAME = re.compile(r"[\w .+()-]*\w[\w .+()-]*")


class Row(Section):
    """One system: a recipe, and what is changed in it."""

    recipe: str
    set: tuple[str, ...] = ()
    """Settings as on the command line: 'decoder.layers=2'."""


class Experiment(Section):
    """A grid of rows, tasks and seeds."""

    title: str = "Comparison"
    description: str = ""
    tasks: dict[str, Data] = Field(default_factory=dict)
    """The data of each task, as in a recipe's `data` section; `test` is needed."""
    rows: dict[str, Row] = Field(default_factory=dict)
    set: tuple[str, ...] = ()
    """Settings that all rows share, such as the budget."""
    seeds: tuple[int, ...] = (1, 2, 3)
    metrics: tuple[Metric, ...] = ("exact", "cer")
    """Scores of the test set. Where there are several tasks the table shows their mean."""
    tokenize: Tokenize = "13a"
    """How BLEU cuts words; 'none' for text that is tokenised already."""
    lowercase: bool = False
    """Whether BLEU and chrF are counted over lower-cased text."""
    lengths: tuple[int, ...] = ()
    """Bounds between classes of source length, in words: [10, 20] makes three. The first metric is
    then drawn for each class."""

    @field_validator("tasks", "rows")
    @classmethod
    def _names(cls, named: dict[str, object]) -> dict[str, object]:
        if not named:
            raise ValueError("An experiment needs rows and tasks, at least one of each.")
        for name in named:
            if not _NAME.fullmatch(name) or name.startswith("."):
                raise ValueError(
                    f"The name {name!r} must be letters, digits and blanks: it names a folder."
                )
        return named


@dataclass(frozen=True, slots=True)
class Cell:
    """One training: where it stands in the grid, its folder, and its recipe."""

    row: str
    task: str
    seed: int
    folder: Path
    recipe: Recipe

    def __str__(self) -> str:
        return f"{self.row} / {self.task} / seed {self.seed}"


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """All that decides a cell's outcome: the recipe without what it says of itself."""
    return recipe.model_dump(mode="json", exclude={"name", "description", "expected"})


def read_experiment(path: Path) -> Experiment:
    """Raises UserError for a file that is no experiment, with the line."""
    document = load(path)
    try:
        return Experiment.model_validate(document.tree)
    except ValidationError as errors:
        where, sentence = explain(Experiment, errors.errors()[0])
    raise UserError(
        document.located(where, sentence) if where in document.places else f"{path}: {sentence}"
    )


def cells(experiment: Experiment, out: Path) -> Iterator[Cell]:
    """All cells, seed by seed, so that a grid that is stopped early has whole tables of few seeds.

    Raises UserError if a row's recipe does not hold together, naming the row.
    """
    for seed in experiment.seeds:
        for task, data in experiment.tasks.items():
            for name, row in experiment.rows.items():
                recipe = _recipe(experiment, name, row, data, seed)
                yield Cell(name, task, seed, out / task / name / f"seed-{seed}", recipe)


def _recipe(experiment: Experiment, name: str, row: Row, data: Data, seed: int) -> Recipe:
    try:
        changes = [*experiment.set, *row.set, f"seed={seed}"]
        recipe = of_pairs(prepare_recipe(row.recipe, changes=changes), "compare")
        recipe = recipe.model_copy(update={"data": _located(data), "metrics": experiment.metrics})
        return override(recipe, [])
    except UserError as error:
        raise UserError(f"rows.{name}: {error}") from None


def _located(data: Data) -> Data:
    if not data.test and data.embedded is None:
        raise UserError("a task needs a test set: name its files under test.")
    parts = {
        part: tuple(_expanded(file) for file in getattr(data, part))
        for part in ("train", "dev", "test")
    }
    return data.model_copy(update=parts)


def _expanded(file: str) -> str:
    path = os.path.expandvars(file)
    if "$" in path:
        raise UserError(
            f"{file}: the environment has no such variable. Set it to the data's folder."
        )
    return path
