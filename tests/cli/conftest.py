"""A tiny model, really trained through the command line, and a way to call commands."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from seqloom.cli.main import app

Invoke = Callable[..., Result]

PAIRS = """가\tk a
나\tn a
다\tt a
가나\tk a n a
나다\tn a t a
다가\tt a k a
가다\tk a t a
나가\tn a k a
"""
TINY = (
    "encoder.hidden=8",
    "encoder.embedding=8",
    "decoder.hidden=8",
    "decoder.embedding=8",
    "target.kind=whitespace",
    "metrics=[exact, per, perplexity]",
    "training.batch_size=2",
    "training.max_updates=2",
    "training.device=cpu",
    "search.max_length=8",
)


def invoke_app(*arguments: object, given: str = "") -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], input=given)


def train_tiny(folder: Path, out: Path, *more: str) -> Result:
    """`seqloom train` on the pairs above, with the settings above."""
    data, recipe = folder / "pairs.tsv", folder / "tiny.yaml"
    data.write_text(PAIRS, encoding="utf-8")
    recipe.write_text("name: tiny\n", encoding="utf-8")
    changes = [part for setting in TINY for part in ("--set", setting)]
    return invoke_app("train", recipe, "--data", data, "--out", out, *changes, *more)


@pytest.fixture
def invoke() -> Invoke:
    return invoke_app


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The run folder, and what training said."""
    folder = tmp_path_factory.mktemp("trained")
    return folder / "run", train_tiny(folder, folder / "run")


@pytest.fixture(scope="session")
def run(trained: tuple[Path, Result]) -> Path:
    assert trained[1].exit_code == 0, trained[1].output
    return trained[0]
