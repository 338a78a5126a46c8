"""A run that was stopped, saved and loaded goes on as if nothing had happened, bit for bit."""

import json
from itertools import islice
from pathlib import Path

import pytest
import torch
from tests.training.tiny import fit_of, shuffled, weights

from seqloom.config import SGD, Adam, AdamW, Cosine, Plateau, Training
from seqloom.errors import UserError
from seqloom.training.checkpoint import load_checkpoint, read_checkpoint, save_checkpoint
from seqloom.training.loop import Fit, fit
from seqloom.training.optimizer import Plateau as PlateauState
from seqloom.training.progress import Progress

pytestmark = pytest.mark.usefixtures("unchecked_shapes")

UPDATES = 8
"""Of which three make an epoch."""
LOSSES = [3.0, 2.5, 2.6, 2.7, 2.0]
SETTINGS = [
    Training(
        optimizer=Adam(rate=0.01),
        schedule=Plateau(patience=0),
        average="ema",
        validate_every=2,
        max_updates=UPDATES,
    ),
    Training(optimizer=SGD(rate=0.5, momentum=0.9), schedule=Cosine(warmup=2), max_updates=UPDATES),
    Training(optimizer=SGD(rate=0.5), accumulate=2, average="ema", max_updates=UPDATES),
    Training(optimizer=AdamW(rate=0.01), max_updates=UPDATES, label_smoothing=0.0),
]


def new_run(folder: Path, settings: Training, validations_done: int = 0) -> Fit:
    return fit_of(shuffled(folder), settings, dropout=0.3, losses=LOSSES[validations_done:])


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: s.optimizer.kind)
@pytest.mark.parametrize("stop", [1, 3, 4, 5, UPDATES])
def test_a_run_that_was_stopped_equals_one_never_stopped(tmp_path, settings, stop):
    torch.manual_seed(31)
    whole = new_run(tmp_path, settings)
    expected = list(fit(whole))

    torch.manual_seed(31)
    first = new_run(tmp_path, settings)
    found = list(islice(fit(first), stop))
    save_checkpoint(tmp_path / "last", first)
    torch.manual_seed(99)
    second = new_run(tmp_path, settings, first.progress.validations)
    load_checkpoint(tmp_path / "last", second)
    found += list(fit(second))

    assert [s[:2] for s in found if s.tokens] == [s[:2] for s in expected if s.tokens]
    assert [s[2:] for s in found] == [s[2:] for s in expected]
    assert_same_state(second, whole)


def assert_same_state(run: Fit, expected: Fit) -> None:
    for name, weight in weights(run.model).items():
        assert torch.equal(weight, weights(expected.model)[name]), name
    averages = [r.average.weights if r.average else {} for r in (run, expected)]
    assert averages[0].keys() == averages[1].keys()
    for name, weight in averages[0].items():
        assert torch.equal(weight, averages[1][name]), name
    for progress in (run.progress, expected.progress):
        progress.seconds = progress.cpu_seconds = 0.0
    assert run.progress == expected.progress


def saved(tmp_path: Path, settings: Training = SETTINGS[0]) -> Path:
    run = new_run(tmp_path, settings)
    list(islice(fit(run), 2))
    save_checkpoint(tmp_path / "last", run)
    return tmp_path / "last"


def complaint(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_checkpoint(path, new_run(path.parent, SETTINGS[0]))
    return str(caught.value)


def test_no_checkpoint(tmp_path):
    assert complaint(tmp_path / "last") == (
        f"{tmp_path / 'last'}: no checkpoint to resume from. Start without --resume."
    )


@pytest.mark.parametrize("kept", [0, 7, 500, -1])
def test_a_checkpoint_cut_short(tmp_path, kept):
    path = saved(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    message = complaint(path)
    assert message.startswith(f"{path}: not a whole checkpoint (")
    assert message.endswith("Start again with another --out.")


def test_a_checkpoint_of_another_model(tmp_path):
    path = saved(tmp_path)
    other = new_run(tmp_path, SETTINGS[0])
    other.model.readout.output = torch.nn.Linear(7, 17)
    with pytest.raises(UserError, match="this checkpoint does not fit"):
        load_checkpoint(path, other)


def test_a_checkpoint_without_the_average_that_the_recipe_asks_for(tmp_path):
    path = saved(tmp_path, SETTINGS[1])
    assert "this checkpoint does not fit the run's config.yaml" in complaint(path)


def test_a_checkpoint_is_no_pickle(tmp_path):
    tensors, progress = read_checkpoint(saved(tmp_path))
    assert {name.split("/")[0] for name in tensors} == {"model", "average", "optimizer", "random"}
    assert progress.update == 2


def test_loading_copies_so_that_going_on_leaves_the_file_alone(tmp_path):
    path = saved(tmp_path)
    before = path.read_bytes()
    run = new_run(tmp_path, SETTINGS[0])
    load_checkpoint(path, run)
    list(fit(run))
    assert path.read_bytes() == before


def test_progress_survives_json():
    progress = Progress(
        update=7,
        epoch=2,
        batch=3,
        best_score=-0.1 + 0.2,
        seconds=1 / 3,
        nll=1e300,
        finished="because",
        plateau=PlateauState(0.25, 1, 2.5),
        kept=[(0.5, 3), (-1.25, 7)],
    )
    assert Progress.from_json(json.loads(json.dumps(progress.to_json()))) == progress
    assert Progress.from_json(json.loads(json.dumps(Progress().to_json()))) == Progress()
