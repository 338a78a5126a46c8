"""Training in a process that can be killed, either from outside or by itself at a chosen moment.

Processes are forked from a server that has torch loaded, so that each of the many starts within
a moment.
"""

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from seqloom.config import Recipe
from seqloom.errors import UserError

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["seqloom.training.run", "torch._dynamo"])
KILLED = -signal.SIGKILL


def to_the_end(recipe: Recipe, folder: Path) -> float:
    """Train, or go on, without a stop: how many seconds that took."""
    process, began = _start(recipe, folder, None)
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - began


def killed_after(seconds: float, recipe: Recipe, folder: Path) -> bool:
    """Train, or go on, and kill the process so many seconds after it began; False if it was through
    by then."""
    process, began = _start(recipe, folder, None)
    process.join(max(0.0, began + seconds - time.perf_counter()))
    process.kill()
    process.join()
    assert process.exitcode in (0, KILLED)
    return process.exitcode == KILLED


def killed_at_file(number: int, recipe: Recipe, folder: Path) -> bool:
    """Train, or go on, and die before a file of the run is opened, renamed or removed for the
    `number`-th time; False if there were fewer such moments."""
    process, _ = _start(recipe, folder, number)
    process.join()
    assert process.exitcode in (0, KILLED)
    return process.exitcode == KILLED


def _start(recipe: Recipe, folder: Path, death: int | None) -> tuple[Any, float]:
    heard, told = _SERVER.Pipe(duplex=False)
    process = _SERVER.Process(target=_train, args=(recipe, folder, death, told))
    process.start()
    told.close()
    heard.recv()
    heard.close()
    return process, time.perf_counter()


def _train(recipe: Recipe, folder: Path, death: int | None, told: Connection) -> None:
    from seqloom.training.run import training

    told.send("begun")
    told.close()
    if death is not None:
        _die_at_file(death, folder)
    try:
        for _ in training(recipe, folder, resume=True):
            pass
    except UserError as error:  # it was killed after its very end
        if not str(error).startswith("nothing left to do"):
            raise


def _die_at_file(number: int, folder: Path) -> None:
    left = number

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in ("open", "os.rename", "os.remove") and str(arguments[0]).startswith(inside):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    inside = str(folder)
    sys.addaudithook(count)
