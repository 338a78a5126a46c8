"""results.json: all that was measured, by part and workload, and for each part when, where and how."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

from benchmarks.speed.systems import Figures


class Rounds(TypedDict):
    """Peaks before and after each round, and for each system what it measured in each."""

    peaks: list[list[float | None]]
    systems: dict[str, list[Figures]]


Results = dict[str, Any]


FORMAT = 2
"""Raised when what stands in the file changes, so that no table is made of what it does not know."""


def load(path: Path) -> Results:
    """Nothing where there is no file; one of another format is kept beside as results.old."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text("utf-8"))
    if found.get("format") == FORMAT:
        return found
    path.replace(path.with_suffix(".old"))
    return {}


def save(path: Path, results: Results) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps({**results, "format": FORMAT}, indent=1) + "\n", "utf-8")
    part.replace(path)


def about(threads: int) -> dict[str, Any]:
    """When, where and how."""
    import torch

    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command(sys.argv[1:]),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def command(arguments: Sequence[str]) -> str:
    """What to type for the same; where files lie is of no matter."""
    kept: list[str] = []
    places = iter(arguments)
    for word in places:
        if word in _PLACES:
            next(places, None)
        elif word.partition("=")[0] not in _PLACES:
            kept.append(word)
    return " ".join(["python -m benchmarks.speed", *kept])


_PLACES = ("--out", "--environments", "--run")


def _processor() -> str:
    """The model's name where the system tells it, else its family."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    flags = facts.get("flags", "").split()
    widest = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), "")
    return f"{facts.get('model name', platform.machine())} {widest}".strip()
