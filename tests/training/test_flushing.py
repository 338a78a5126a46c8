"""Tiny numbers count as zero while a model is trained, and are what they were afterwards."""

from pathlib import Path

import pytest
import torch

from seqloom.config import Recipe, override
from seqloom.errors import UserError
from seqloom.training.flushing import flushes, flushing
from seqloom.training.loop import Step
from seqloom.training.run import training


def test_training_flushes_and_leaves_no_trace(recipe: Recipe, tmp_path: Path) -> None:
    assert not flushes()
    seen = [flushes() for event in training(recipe, tmp_path / "run") if isinstance(event, Step)]
    assert len(seen) >= 2
    assert all(seen)
    assert not flushes()


def test_so_does_training_that_is_stopped_or_fails(recipe: Recipe, tmp_path: Path) -> None:
    events = training(recipe, tmp_path / "stopped")
    next(event for event in events if isinstance(event, Step))
    events.close()
    assert not flushes()
    missing = override(recipe, ["data.train=['nowhere.tsv']"])
    with pytest.raises(UserError):
        list(training(missing, tmp_path / "failed"))
    assert not flushes()


def test_who_flushes_anyway_goes_on() -> None:
    torch.set_flush_denormal(True)
    try:
        with flushing():
            assert flushes()
        assert flushes()
    finally:
        torch.set_flush_denormal(False)
