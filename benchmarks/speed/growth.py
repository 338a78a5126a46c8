"""How time and memory of our training and decoding grow: one size at a time, all else as in `pron`.

    length      tokens of source and target
    batch       pairs side by side
    vocabulary  target units
    hidden      features of an encoder direction; the decoder has twice as many
    corpus      pairs on disk, read, encoded and trained on for one epoch; ten times as many should take
                ten times as long, and no more memory

Every point is a process of its own (point.py), since memory that was once taken counts from then on.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.speed.systems import Field, Figures, run_measured


@dataclass(frozen=True, slots=True)
class Point:
    """The sizes of one measurement; `pairs` above 0 trains on a corpus of that size."""

    length: int = 8
    batch: int = 64
    vocabulary: int = 64
    hidden: int = 128
    pairs: int = 0


SERIES: dict[str, Sequence[int]] = {
    "length": (5, 10, 20, 40, 80, 160),
    "batch": (1, 4, 16, 64, 256, 512),
    "vocabulary": (64, 1000, 4000, 16000, 64000),
    "hidden": (32, 64, 128, 256, 512),
    "pairs": (20_000, 60_000, 200_000),
}
_QUICK: dict[str, Sequence[int]] = {"length": (5, 10), "pairs": (1000, 10_000)}


def measure(field: Field, quick: bool) -> dict[str, Any]:
    """All series, drawn as growth-NAME.png beside the results."""
    series = _QUICK if quick else SERIES
    found = {
        name: [_point(field, name, value, quick) for value in values]
        for name, values in series.items()
    }
    for name, points in found.items():
        _draw(name, points, field.out / f"growth-{name}.png")
    return found


def _point(field: Field, name: str, value: int, quick: bool) -> Figures:
    sizes = json.dumps(asdict(replace(Point(), **{name: value})))
    seconds = 1.0 if quick else 5.0
    folder = field.out / "scratch" / f"growth-{name}-{value}"
    command = [sys.executable, "-m", "benchmarks.speed.point", sizes, str(seconds), str(folder)]
    log = field.out / "logs" / f"growth-{name}-{value}.txt"
    figures = run_measured(command, log, field.threads, field.effort.limit)
    print(f"growth {name}={value} {figures}", flush=True)
    return {"value": value, **figures}


def _draw(name: str, points: Sequence[Figures], path: Path) -> None:
    """Time (left, both axes logarithmic) and memory (right) against the size."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    lines = {"train_ms": "training update", "decode_ms": "greedy decoding, a batch"}
    lines |= {"seconds": "reading, encoding and one epoch", "epoch_seconds": "one epoch"}
    for key, label in lines.items():
        some = [(point["value"], point[key]) for point in points if point.get(key)]
        if some:
            scale = 1 if key.endswith("ms") else 1000
            left.loglog([x for x, _ in some], [y * scale for _, y in some], "o-", label=label)
    for key, label in {"train_mb": "training", "decode_mb": "decoding"}.items():
        some = [(point["value"], point[key]) for point in points if point.get(key)]
        if some:
            right.semilogx([x for x, _ in some], [y for _, y in some], "o-", label=label)
    left.set(xlabel=name, ylabel="ms")
    right.set(xlabel=name, ylabel="peak MB")
    right.set_ylim(0, 1.2 * right.get_ylim()[1])
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
