"""results.json: all that was measured, by part and workload, and on what machine."""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

from benchmarks.speed.systems import Figures


class Rounds(TypedDict):
    """Peaks before and after each round, and for each system what it measured in each."""

    peaks: list[list[float | None]]
    systems: dict[str, list[Figures]]


Results = dict[str, Any]


def load(path: Path) -> Results:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def save(path: Path, results: Results) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    part.replace(path)


def about(threads: int) -> dict[str, Any]:
    """When, where and how."""
    import torch

    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": "python -m benchmarks.speed " + " ".join(sys.argv[1:]),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    """The model's name where the system tells it, else its family."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    flags = facts.get("flags", "").split()
    widest = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), "")
    return f"{facts.get('model name', platform.machine())} {widest}".strip()
