"""A run stopped anywhere and resumed equals one never stopped, bit for bit on a CPU."""

import json
from itertools import count, islice, takewhile
from pathlib import Path
from random import Random

import pytest
from safetensors.torch import load_file
from tests.slow import sitting

from seqloom.config import Recipe, override
from seqloom.errors import UserError
from seqloom.models.folder import WEIGHTS
from seqloom.training.journal import Journal, read_journal
from seqloom.training.run import Ready, Step, training

pytestmark = pytest.mark.slow

FULL = Path("/dev/full")
"""A device that has no space left, whatever is written to it."""
always_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")

STOPPABLE = [
    "encoder.hidden=12",
    "encoder.embedding=6",
    "encoder.dropout=0.2",
    "decoder.hidden=12",
    "decoder.embedding=6",
    "decoder.dropout=0.2",
    "training.batch_size=16",
    "training.max_epochs=5",
    "training.checkpoint_every=3",
    "training.schedule.patience=0",
    "training.optimizer.rate=0.01",
    "training.average=ema",
    "training.ema_decay=0.9",
    "training.device=cpu",
    "training.threads=1",
]
"""Noise, averages and a rate that falls: all that a resumed run could get wrong."""
KINDS = {
    "mean of the best": ["training.average=best", "training.average_over=2"],
    "mean of the last": ["training.average=last", "training.average_over=3"],
    "scheduled sampling": ["training.scheduled_sampling={start: 0.1, end: 0.5, updates: 30}"],
    "momentum": ["training.optimizer={kind: sgd, rate: 0.5, momentum: 0.9}"],
    "accumulated": ["training.accumulate=2"],
    "cosine": ["training.schedule={kind: cosine, warmup: 5}", "training.average=none"],
    "validated by update": ["training.validate_every=4", "training.average=best"],
    "variational": ["encoder.variational=true", "decoder.variational=true"],
    "a few pairs at a time": ["data.shuffle_buffer=50"],
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Words and the same words backwards."""
    random = Random(1)
    words = sorted(
        {"".join(random.choices("abcdefgh", k=random.randint(2, 6))) for _ in range(200)}
    )
    path = tmp_path_factory.mktemp("data") / "backwards.tsv"
    path.write_text("".join(f"{word}\t{word[::-1]}\n" for word in words), encoding="utf-8")
    return path


def recipe_for(corpus: Path, *changes: str) -> Recipe:
    return override(Recipe(), [f"data.train=[{corpus}]", *STOPPABLE, *changes])


def assert_same_run(folder: Path, expected: Path) -> None:
    """The weights to use, the best ones, the state to resume from, and the journal."""
    for name in (WEIGHTS, "checkpoints/best.safetensors", "checkpoints/last.safetensors"):
        assert _bytes(folder / name) == _bytes(expected / name), name
    assert _journal(folder) == _journal(expected)
    assert _files(folder) == _files(expected)


def _files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def _bytes(path: Path) -> dict[str, bytes]:
    return {name: weight.numpy().tobytes() for name, weight in load_file(path).items()}


def _journal(folder: Path) -> list[dict[str, float]]:
    records = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in record.items() if not k.endswith("seconds")} for record in records]


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_moments(corpus, tmp_path, seed):
    recipe = recipe_for(corpus, "training.metric=exact", "training.max_epochs=8")
    seconds = sitting.to_the_end(recipe, tmp_path / "whole")
    random = Random(seed)
    delays = sorted(random.uniform(0.0, 0.5) * seconds for _ in range(9))
    killed = takewhile(lambda d: sitting.killed_after(d, recipe, tmp_path / "killed"), delays)
    assert len(list(killed)) >= 4
    sitting.to_the_end(recipe, tmp_path / "killed")
    assert_same_run(tmp_path / "killed", tmp_path / "whole")


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_before_any_touch_of_a_file(corpus, tmp_path, seed):
    recipe = recipe_for(corpus, "training.average=best", "training.average_over=2")
    sitting.to_the_end(recipe, tmp_path / "whole")
    random = Random(seed)
    moments = (random.randint(1, 110) for _ in count())
    kills = 0
    while sitting.killed_at_file(next(moments), recipe, tmp_path / "killed"):
        kills += 1
    assert kills >= 4
    assert_same_run(tmp_path / "killed", tmp_path / "whole")


def test_stopped_before_the_final_weights(corpus, tmp_path):
    recipe = recipe_for(corpus, "training.max_epochs=2", "training.average=last")
    run(recipe, tmp_path / "whole")
    events = training(recipe, tmp_path / "stopped")
    ready = next(event for event in events if isinstance(event, Ready))
    next(event for event in events if isinstance(event, Step) and ready.progress.finished)
    events.close()
    run(recipe, tmp_path / "stopped")
    assert_same_run(tmp_path / "stopped", tmp_path / "whole")


@pytest.mark.parametrize("steps", [1, 7])
def test_stopped_in_good_order_every_few_steps(corpus, tmp_path, steps):
    recipe = recipe_for(corpus, "training.max_epochs=2", "training.metric=exact")
    run(recipe, tmp_path / "whole")
    while stopped_after(steps, recipe, tmp_path / "stopped"):
        pass
    assert_same_run(tmp_path / "stopped", tmp_path / "whole")


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_every_kind_of_training_can_be_stopped(corpus, tmp_path, changes):
    recipe = recipe_for(corpus, "training.max_epochs=2", *changes)
    run(recipe, tmp_path / "whole")
    while stopped_after(4, recipe, tmp_path / "stopped"):
        pass
    assert_same_run(tmp_path / "stopped", tmp_path / "whole")


def test_a_budget_that_is_raised_equals_one_given_at_once(corpus, tmp_path):
    every = "training.validate_every=4"
    run(recipe_for(corpus, every, "training.max_updates=20"), tmp_path / "whole")
    run(recipe_for(corpus, every, "training.max_updates=8"), tmp_path / "raised")
    run(recipe_for(corpus, every, "training.max_updates=20"), tmp_path / "raised")
    assert_same_run(tmp_path / "raised", tmp_path / "whole")


def test_a_finished_run_is_not_trained_again(corpus, tmp_path):
    recipe = recipe_for(corpus, "training.max_updates=4")
    run(recipe, tmp_path)
    with pytest.raises(UserError, match=r"training\.max_updates=4 reached after 4 updates"):
        run(recipe, tmp_path)


def test_no_update_is_validated_twice(corpus, tmp_path):
    recipe = recipe_for(corpus, "training.max_epochs=2", "training.validate_every=1")
    run(recipe, tmp_path)
    updates = [record["update"] for record in _journal(tmp_path)]
    assert updates == list(range(1, updates[-1] + 1))


@always_full
def test_a_full_disk_leaves_the_checkpoint_that_was_there(corpus, tmp_path):
    recipe = recipe_for(corpus, "training.max_epochs=2")
    last = tmp_path / "stopped" / "checkpoints" / "last.safetensors"
    run(recipe, tmp_path / "whole")
    assert stopped_after(4, recipe, tmp_path / "stopped")
    before = last.read_bytes()
    last.with_name(".last.safetensors.part").symlink_to(FULL)
    with pytest.raises(UserError) as caught:
        run(recipe, tmp_path / "stopped")
    assert str(caught.value) == (
        f"{last}: the disk is full, so nothing was saved; what stood there is unchanged. "
        "Free some space and resume."
    )
    assert last.read_bytes() == before
    assert not list(last.parent.glob(".*"))
    run(recipe, tmp_path / "stopped")
    assert_same_run(tmp_path / "stopped", tmp_path / "whole")


@always_full
def test_a_journal_that_cannot_be_rewritten_stays_as_it_was(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"update": 1}\n{"update": 2}\n', encoding="utf-8")
    path.with_name(".metrics.jsonl.part").symlink_to(FULL)
    with pytest.raises(UserError, match="the disk is full"):
        Journal(path, until=1, tensorboard=False)
    assert [record["update"] for record in read_journal(path)] == [1, 2]


def run(recipe: Recipe, folder: Path) -> None:
    """Train, or go on, to the end."""
    assert not stopped_after(10**9, recipe, folder)


def stopped_after(steps: int, recipe: Recipe, folder: Path) -> bool:
    """Train, or go on, and stop in good order after so many steps; False if there were fewer."""
    events = training(recipe, folder, resume=True)
    done = islice((event for event in events if isinstance(event, Step)), steps)
    stopped = sum(1 for _ in done) == steps
    events.close()
    return stopped
