"""All cells of an experiment, some at a time, each in a process of its own.

A cell with a result is not run again. When the grid is stopped its processes save and stop; the next
start goes on with them.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seqloom.config import Recipe
from seqloom.errors import UserError
from seqloom.lab.cell import RESULT
from seqloom.lab.experiment import Cell, settings_of

LOG = "log.txt"
Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A cell that ended: with a result, or with the last line of its log."""

    cell: Cell
    result: Result | None
    complaint: str = ""


def results(cells: Iterable[Cell]) -> list[Result]:
    """Of the cells that have one. Raises UserError if a cell was run with other settings."""
    return [found for cell in cells if (found := result_of(cell)) is not None]


def result_of(cell: Cell) -> Result | None:
    path = cell.folder / RESULT
    if not path.exists():
        return None
    result: Result = json.loads(path.read_bytes())
    # Read as a recipe, so that settings that were added since stand at their defaults.
    if settings_of(Recipe.model_validate(result["settings"])) != settings_of(cell.recipe):
        raise UserError(
            f"{cell.folder}: was run with other settings than the experiment now has for it. "
            "Remove that folder, or choose another --out."
        )
    return result


@dataclass
class Grid:
    """file and out name the experiment and its folder; `jobs` cells run at a time."""

    file: Path
    out: Path
    jobs: int
    _processes: dict[str, subprocess.Popen[bytes]] = field(
        default_factory=dict[str, "subprocess.Popen[bytes]"]
    )
    _stopped: bool = False

    def run(self, cells: Sequence[Cell]) -> Iterator[Outcome]:
        """Outcomes as they come; those that were there before come first."""
        waiting = [cell for cell in cells if result_of(cell) is None]
        yield from (Outcome(cell, result_of(cell)) for cell in cells if cell not in waiting)
        with ThreadPoolExecutor(self.jobs) as pool:
            futures = {pool.submit(self._run, cell) for cell in waiting}
            try:
                while futures:
                    done, futures = wait(futures, return_when=FIRST_COMPLETED)
                    yield from (outcome.result() for outcome in done)
            except BaseException:
                self._stop(futures)
                raise

    @property
    def running(self) -> list[str]:
        """The cells under way, by name."""
        return list(self._processes)

    def _run(self, cell: Cell) -> Outcome:
        if self._stopped:
            return Outcome(cell, None, "stopped")
        cell.folder.mkdir(parents=True, exist_ok=True)
        with (cell.folder / LOG).open("ab") as log:
            process = self._processes[str(cell)] = self._start(cell, log)
            status = process.wait()
        del self._processes[str(cell)]
        if status:
            return Outcome(cell, None, _last_line(cell.folder / LOG) or f"status {status}")
        return Outcome(cell, result_of(cell))

    def _start(self, cell: Cell, log: Any) -> "subprocess.Popen[bytes]":
        module = [sys.executable, "-m", "seqloom.lab.cell", str(self.file), str(self.out)]
        threads = str(max(1, (os.cpu_count() or 1) // self.jobs))
        return subprocess.Popen(
            [*module, cell.row, cell.task, str(cell.seed)],
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": threads},
            start_new_session=True,  # Ctrl-C reaches this process only, which passes it on once
        )

    def _stop(self, futures: Iterable[Future[Outcome]]) -> None:
        """Let no other cell start, and have those under way save."""
        self._stopped = True
        for future in futures:
            future.cancel()
        for process in list(self._processes.values()):
            process.send_signal(signal.SIGTERM)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else ""
