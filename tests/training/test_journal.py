"""The account of a run: one line a validation, none of it lost or told twice."""

import json
from pathlib import Path

import pytest

from seqloom.errors import UserError
from seqloom.training.journal import Journal, read_journal


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "metrics.jsonl"
    journal = Journal(path, 0, tensorboard=False)
    records = [{"update": 1, "dev_loss": 0.5}, {"update": 2, "dev_loss": 0.25}]
    for record in records:
        journal.write(record)
    assert read_journal(path) == records


def test_a_run_without_a_journal_has_no_records(tmp_path):
    assert read_journal(tmp_path / "metrics.jsonl") == []


def test_a_line_cut_short_by_a_crash_is_left_out(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"update": 1}\n{"update": 2, "dev_l')
    assert read_journal(path) == [{"update": 1}]


def test_a_resumed_run_forgets_what_came_after_its_checkpoint(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps({"update": update}) + "\n" for update in (2, 4, 6)))
    Journal(path, 4, tensorboard=False).write({"update": 6, "again": True})
    assert read_journal(path) == [{"update": 2}, {"update": 4}, {"update": 6, "again": True}]


def test_tensorboard_is_told_the_same(tmp_path: Path) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    journal = Journal(tmp_path / "metrics.jsonl", 0, tensorboard=True)
    for update, loss in ((2, 0.5), (4, 0.25)):
        journal.write({"update": update, "dev_loss": loss, "wer": None})
    told = events.EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert told.Tags()["scalars"] == ["dev_loss"]
    assert [(each.step, each.value) for each in told.Scalars("dev_loss")] == [(2, 0.5), (4, 0.25)]


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl", 0, tensorboard=False)
    journal.path = Path("/dev/full")  # a file that is always full

    with pytest.raises(UserError, match=r"^/dev/full: the disk is full"):
        journal.write({"update": 1})
