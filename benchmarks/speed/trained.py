"""Trained runs: what 8 bits cost, and how fast real test sets are answered.

Each run is exported in 32 and in 8 bits. The export in 8 bits scores the test set by the recipe's own
search, as the model in 32 bits answers it and as the rounded graphs do; sizes are those of all files of
the folder. Then test sources of all lengths are answered, each until its own <eos>, in turns by every
way that ours can be run (drivers/ways.py). One process per turn (trained_one.py).
"""

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.systems import Field, Figures, run_measured

RUNS = tuple(
    Path("runs/quality") / name / "run" for name in ("g2p15/kor", "cmudict", "multi30k/en-de")
)
"""Where `make quality` leaves them."""

ROUNDS, SOURCES = 3, 500
_LIMIT = 1800.0
_QUICK_SOURCES = 20

WAYS = {
    "torch": "torch",
    "kernel": "kernel",
    "kernel-int8": "kernel",
    "onnx": "onnx",
}
"""The rows of the table, and by which way of drivers/ways.py each answers."""


def name_of(run: Path) -> str:
    """The row of the quality table that a run belongs to, or its folder's name."""
    parts = run.parts[:-1] if run.name == "run" else run.parts
    if "quality" in parts:
        last = len(parts) - 1 - parts[::-1].index("quality")
        return "/".join(parts[last + 1 :])
    return parts[-1]


def absent(run: Path) -> str:
    """Why there are no figures of a run; nothing if it is there."""
    if (run / "config.yaml").is_file():
        return ""
    return f"no run at {run}: train it with python -m benchmarks.quality, or name others with --run"


def measure(
    field: Field, runs: Sequence[Path], quick: bool, saved: Callable[[dict[str, Any]], None]
) -> None:
    """All runs; `saved` is called after each with all there is."""
    found: dict[str, Any] = {}
    for run in runs:
        reason = absent(run)
        found[name_of(run)] = {"absent": reason} if reason else _of_run(field, run, quick)
        print(f"int8 {name_of(run)}: {found[name_of(run)]}", flush=True)
        saved(found)


def _of_run(field: Field, run: Path, quick: bool) -> Figures:
    folder = field.out / "exports" / name_of(run).replace("/", "-")
    shutil.rmtree(folder, ignore_errors=True)
    checked = _QUICK_SOURCES if quick else 0
    figures = _process(field, folder, "export", ["export", run, folder, checked])
    if "failed" in figures:
        return figures
    ways: dict[str, list[Figures]] = {name: [] for name in WAYS}
    sources = _QUICK_SOURCES if quick else SOURCES
    for _ in range(1 if quick else ROUNDS):
        for name, way in WAYS.items():
            opened = run if name == "torch" else folder / ("int8" if "int8" in name else "exact")
            ways[name].append(_process(field, folder, name, ["answer", way, opened, sources]))
    return {**figures, "ways": ways}


def _process(field: Field, folder: Path, name: str, words: Sequence[object]) -> Figures:
    command = [sys.executable, "-m", "benchmarks.speed.trained_one", *map(str, words)]
    log = field.out / "logs" / f"trained-{folder.name}-{name}.txt"
    return run_measured(command, log, field.threads, _LIMIT)
