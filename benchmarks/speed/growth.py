"""How time and memory of our training and decoding grow: one size at a time, all else as in `pron`.

    length      tokens of source and target
    batch       pairs side by side
    vocabulary  target units
    hidden      features of an encoder direction; the decoder has twice as many
    pairs       of a corpus on disk, read, encoded and trained on for one epoch; ten times as many should
                take ten times as long, and no more memory

Every point is a process of its own (point.py), since memory that was once taken counts from then on;
the kernel's decoding another, without torch (point_kernel.py).
"""

import json
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.speed.systems import Field, Figures, run_measured
from seqloom.config import Recipe, override
from seqloom.config.search import Search

SOURCE_UNITS, SPECIAL = 64, 4
WEIGHTS = "weights.safetensors"


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


def recipe_of(sizes: Point) -> Recipe:
    """The `pron` architecture with some sizes changed."""
    changes = {
        "source.kind": "whitespace",
        "target.kind": "whitespace",
        "encoder.embedding": 128,
        "encoder.hidden": sizes.hidden,
        "decoder.embedding": 128,
        "decoder.hidden": 2 * sizes.hidden,
        "training.label_smoothing": 0,
        "training.clip": 5,
        "training.batch_size": sizes.batch,
        "training.batch_tokens": 10_000_000,
        "training.max_epochs": 1,
        "training.patience": "null",
    }
    return override(Recipe(), [f"{name}={value}" for name, value in changes.items()])


def sources_of(sizes: Point) -> list[list[int]]:
    """Random sources to decode, the same in every process."""
    draw = random.Random(1)
    units = range(SPECIAL, SOURCE_UNITS + SPECIAL)
    return [draw.choices(units, k=sizes.length) for _ in range(sizes.batch)]


def fixed(sizes: Point) -> Search:
    """Greedy search for outputs of one length."""
    return Search(max_length=sizes.length - 1, min_length=sizes.length - 1)


def measure(field: Field, quick: bool, saved: Callable[[dict[str, Any]], None]) -> None:
    """All series, each drawn as growth-NAME.png; `saved` is called after each with all there is."""
    found: dict[str, list[Figures]] = {}
    for name, values in (_QUICK if quick else SERIES).items():
        found[name] = [_point(field, name, value, quick) for value in values]
        _draw(name, found[name], picture(field.out, name))
        saved(found)


def picture(out: Path, name: str) -> Path:
    return out / f"growth-{name}.png"


def _point(field: Field, name: str, value: int, quick: bool) -> Figures:
    sizes = json.dumps(asdict(replace(Point(), **{name: value})))
    folder = field.out / "scratch" / f"growth-{name}-{value}"
    words = [sizes, str(1.0 if quick else 5.0), str(folder)]
    figures = _run(field, "point", words)
    if name != "pairs" and "failed" not in figures:
        kernel = _run(field, "point_kernel", words)
        if "failed" in kernel:
            kernel["kernel_failed"] = kernel.pop("failed")
        figures |= kernel
    shutil.rmtree(folder, ignore_errors=True)
    print(f"growth {name}={value} {figures}", flush=True)
    return {"value": value, **figures}


def _run(field: Field, module: str, words: list[str]) -> Figures:
    command = [sys.executable, "-m", f"benchmarks.speed.{module}", *words]
    log = field.out / "logs" / f"{Path(words[-1]).name}-{module}.txt"
    return run_measured(command, log, field.threads, field.effort.limit)


_TIMES = {
    "train_ms": "training update",
    "decode_ms": "greedy, a batch, torch",
    "kernel_ms": "greedy, a batch, kernel",
    "seconds": "reading, encoding and one epoch",
    "epoch_seconds": "one epoch",
}
_MEMORY = {
    "train_mb": "training",
    "decode_mb": "decoding, torch",
    "kernel_mb": "decoding, kernel",
}


def _draw(name: str, points: Sequence[Figures], path: Path) -> None:
    """Time (left, both axes logarithmic) and memory (right) against the size."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    unit = "s" if name == "pairs" else "ms"
    for axes, plot, labels in ((left, left.loglog, _TIMES), (right, right.semilogx, _MEMORY)):
        for key, label in labels.items():
            some = [(point["value"], point[key]) for point in points if point.get(key)]
            if some:
                plot([x for x, _ in some], [y for _, y in some], "o-", label=label)
        axes.grid(alpha=0.3)
        axes.legend()
    left.set(xlabel=name, ylabel=unit)
    right.set(xlabel=name, ylabel="peak MB")
    right.set_ylim(0, 1.2 * right.get_ylim()[1])
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
