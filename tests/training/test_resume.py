"""Whose folder is whose: a new run takes no one else's, and a run goes on only as what it is."""

from pathlib import Path

import pytest

from seqloom.config import Recipe, override
from seqloom.errors import UserError
from seqloom.training.run import training


def run(recipe: Recipe, folder: Path, resume: bool = False) -> None:
    for _ in training(recipe, folder, resume=resume):
        pass


def message(recipe: Recipe, folder: Path, resume: bool = False) -> str:
    with pytest.raises(UserError) as error:
        run(recipe, folder, resume)
    return str(error.value).replace(str(folder), "RUN")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_with_other_files_is_left_alone(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    assert message(recipe, folder) == (
        "RUN: a new run needs a folder of its own, but this one holds 'README.md'. "
        "Choose another --out."
    )
    assert (folder / "README.md").read_text() == "mine"


def test_a_file_is_no_folder(recipe: Recipe, tmp_path: Path) -> None:
    assert message(recipe, tmp_path / "pairs.tsv") == (
        "RUN: a run needs a folder, but this is a file. Choose another --out."
    )


def test_a_start_that_failed_over_its_device_blocks_nothing(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    elsewhere = "training.device=mps"
    assert message(override(recipe, [elsewhere]), folder).startswith("device 'mps' is not there")
    run(recipe, folder)
    assert (folder / "weights.safetensors").exists()


def test_two_trainings_do_not_share_a_folder(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first = training(recipe, folder)
    next(first)
    assert message(recipe, folder, resume=True) == (
        "RUN: another process trains here. Wait for its end, or choose another --out."
    )
    first.close()
    run(recipe, folder, resume=True)
    assert (folder / "weights.safetensors").exists()


def test_a_folder_that_cannot_be_made_is_named(recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("a\tb\n")
    assert message(recipe, tmp_path / "pairs.tsv" / "run") == (
        "RUN: this folder cannot be made: Not a directory. Choose another --out."
    )


def test_a_start_that_failed_leaves_no_folder(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "mine"
    message(override(recipe, ["data.train=[nowhere.tsv]"]), folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seed=5", "seed must stay as it was when a run goes on, but was 1 and is now 5."),
        ("decoder.hidden=6", "decoder.hidden must stay as it was when a run goes on, but was 4"),
        ("source.lowercase=true", "source.lowercase must stay as it was when a run goes on"),
        ("training.batch_size=3", "training.batch_size must stay as it was when a run goes on"),
        ("training.optimizer.kind=sgd", "training.optimizer.kind must stay as it was when a run"),
    ],
)
def test_a_run_goes_on_only_as_what_it_is(
    recipe: Recipe, tmp_path: Path, change: str, said: str
) -> None:
    folder = tmp_path / "run"
    run(recipe, folder)
    before = files(folder)
    assert said in message(override(recipe, [change, "training.max_updates=4"]), folder, True)
    assert files(folder) == before


def test_a_larger_budget_and_another_rate_are_taken(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(recipe, folder)
    more = ["training.max_updates=4", "training.optimizer.rate=0.01", "search.beam=3"]
    run(override(recipe, more), folder, resume=True)
    assert len((folder / "metrics.jsonl").read_text().splitlines()) >= 2
