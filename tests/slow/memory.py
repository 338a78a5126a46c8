"""How the peak memory of a process grows with what it is given.

The kernel's own account of this process is read: `getrusage` would count what its parent held too.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from seqloom.config import Recipe

STATUS = Path("/proc/self/status")

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["seqloom.api", "torch._dynamo"])


def growth(work: Callable[..., None], few: tuple[Any, ...], many: tuple[Any, ...]) -> float:
    """Megabytes by which the peak of a process rises when it does the same work on more. The first
    time it also loads code, which is not what is asked for."""
    with ProcessPoolExecutor(1, mp_context=_SERVER) as process:
        process.submit(work, *few).result()
        before = process.submit(_peak).result()
        process.submit(work, *many).result()
        return process.submit(_peak).result() - before


def _peak() -> float:
    [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def train(recipe: Recipe, folder: Path) -> None:
    """Train from the beginning to the end."""
    from seqloom.training.run import training

    for _ in training(recipe, folder):
        pass


def predict(folder: Path, lines: int) -> None:
    """Answer so many lines, one after the other."""
    import seqloom

    words = ("abcdef"[i % 6] * (1 + i % 7) for i in range(lines))
    answers = seqloom.load(folder, device="cpu").stream(words)
    assert sum(1 for _ in islice(answers, lines)) == lines
