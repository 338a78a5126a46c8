"""Memory while training and predicting does not grow with the corpus."""

from pathlib import Path

import pytest
from tests.slow.memory import STATUS, growth, predict, train

from seqloom.config import Recipe, override

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATUS.exists(), reason="this system does not say what memory was used"),
]

TINY = [
    "encoder.hidden=8",
    "encoder.embedding=8",
    "decoder.hidden=8",
    "decoder.embedding=8",
    "data.shuffle_buffer=5000",
    "training.max_updates=3",
    "training.device=cpu",
    "search.max_length=4",
]
ALLOWED = 10
"""Megabytes. What is added, held in memory, would be more than twice that."""


def pairs(path: Path, count: int) -> Path:
    """So many short pairs, all different."""
    words = (f"{number:x}" for number in range(count))
    path.write_text("".join(f"{word}\t{word[::-1]}\n" for word in words), encoding="utf-8")
    return path


def recipe_for(folder: Path, count: int) -> Recipe:
    train, dev = pairs(folder / f"{count}.tsv", count), pairs(folder / "dev.tsv", 10)
    return override(Recipe(), [f"data.train=[{train}]", f"data.dev=[{dev}]", *TINY])


def test_training_takes_no_more_memory_for_more_pairs(tmp_path):
    few, many = (
        (recipe_for(tmp_path, count), tmp_path / f"run-{count}") for count in (10_000, 100_000)
    )
    assert growth(train, few, many) < ALLOWED


def test_prediction_takes_no_more_memory_for_more_lines(tmp_path):
    train(recipe_for(tmp_path, 100), tmp_path / "run")
    assert growth(predict, (tmp_path / "run", 2_000), (tmp_path / "run", 12_000)) < ALLOWED
