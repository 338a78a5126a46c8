"""The experiments that stand beside the code ask for what can be built."""

from pathlib import Path

import pytest

from seqloom.config import Recipe
from seqloom.lab.experiment import cells, read_experiment

EXPERIMENTS = sorted(Path(__file__).parents[2].glob("experiments/*.yaml"))


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_cell_of_an_experiment_is_a_recipe_that_is_possible(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEQLOOM_DATA", str(tmp_path))
    experiment = read_experiment(path)
    found = list(cells(experiment, tmp_path))
    assert len(found) == len(experiment.rows) * len(experiment.tasks) * len(experiment.seeds)
    assert all(isinstance(cell.recipe, Recipe) for cell in found)
