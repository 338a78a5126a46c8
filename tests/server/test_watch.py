"""Models that change on disk are noticed once, and not while they are being written."""

import os
from pathlib import Path

from seqloom.server.watch import Watch


def write(path: Path, text: str, time: int) -> None:
    path.write_text(text)
    os.utime(path, (time, time))


def test_nothing_new_is_no_change(tmp_path: Path) -> None:
    write(tmp_path / "weights.safetensors", "a", 1)
    watch = Watch([tmp_path])
    assert [watch.changed() for _ in range(3)] == [False, False, False]


def test_new_weights_are_a_change_once_they_have_stopped_changing(tmp_path: Path) -> None:
    weights = tmp_path / "weights.safetensors"
    write(weights, "a", 1)
    watch = Watch([tmp_path])
    write(weights, "b", 2)
    first = watch.changed()
    write(weights, "bc", 3)
    assert [first, *(watch.changed() for _ in range(4))] == [False, False, True, False, False]


def test_a_folder_that_vanished_is_no_change(tmp_path: Path) -> None:
    weights = tmp_path / "weights.safetensors"
    write(weights, "a", 1)
    watch = Watch([tmp_path])
    weights.unlink()
    assert [watch.changed() for _ in range(3)] == [False, False, False]


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    write(tmp_path / "run.json", "a", 1)
    watch = Watch([tmp_path])
    write(tmp_path / "metrics.jsonl", "b", 2)
    assert [watch.changed() for _ in range(3)] == [False, False, False]
