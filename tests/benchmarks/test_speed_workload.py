"""What a driver counts, and the files it is given."""

import time
from pathlib import Path

import pytest
from benchmarks.speed.drivers.protocol import Curve, Enough, Laps, Task
from benchmarks.speed.workload import _fitting, _write_pairs


def task(tmp_path: Path, **changes: object) -> Task:
    given = {
        "action": "train",
        "data": str(tmp_path),
        "model": "M",
        "settings": str(tmp_path / "settings.yaml"),
        "started": 0.0,
        "threads": 1,
        "warm": 2,
        "seconds": 0.0,
        "steps": 4,
        "singles": 3,
        "batches": 1,
    }
    return Task(**{**given, **changes})  # type: ignore[arg-type]


def test_words_in_braces_are_filled_in_and_other_braces_are_left(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("a: {model}\nb: {kind: x}\nc: {limit}\n")
    assert task(tmp_path).filled(limit=7) == "a: M\nb: {kind: x}\nc: 7\n"


def test_updates_of_the_warm_up_are_not_counted(tmp_path: Path, capsys) -> None:
    laps = Laps(task(tmp_path, seconds=0.02))
    laps.update(1000)
    laps.update(1000)
    time.sleep(0.03)
    with pytest.raises(Enough):
        laps.update(10)
    laps.report()
    assert '"tokens": 10' in capsys.readouterr().out


def test_sources_are_repeated_until_a_batch_is_full(tmp_path: Path) -> None:
    (tmp_path / "decode.src").write_text("a b\nc d\n")
    sources = task(tmp_path).sources()
    assert len(sources) >= 64
    assert sources[:3] == [["a", "b"], ["c", "d"], ["a", "b"]]


def test_a_curve_counts_outputs_that_are_not_the_target_and_ends_in_time(
    tmp_path: Path, capsys
) -> None:
    (tmp_path / "dev.src").write_text("a\nb\nc\nd\n")
    (tmp_path / "dev.tgt").write_text("x\ny\nz\nz\n")
    with pytest.raises(Enough):
        Curve(task(tmp_path, updates=1)).epoch(lambda sources: [["x"]] * len(sources))
    assert "75.0]" in capsys.readouterr().out


def test_pairs_that_are_empty_or_too_long_are_left_out_for_everyone() -> None:
    pairs = [(["a"], ["b"]), ([], ["b"]), (["a"] * 61, ["b"]), (["a"], ["b"] * 61)]
    assert list(_fitting(pairs)) == pairs[:1]


def test_every_system_reads_the_same_lines(tmp_path: Path) -> None:
    _write_pairs(tmp_path, "dev", [(["a", "b"], ["c"]), (["d"], ["e", "f"])])
    sides = [(tmp_path / f"dev.{side}").read_text().splitlines() for side in ("src", "tgt")]
    rows = [line.split("\t") for line in (tmp_path / "dev.tsv").read_text().splitlines()]
    assert rows == [list(pair) for pair in zip(*sides, strict=True)]
