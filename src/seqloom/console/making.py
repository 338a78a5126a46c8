"""How the making of data shows where it stands: a bar on a terminal, now and then a line elsewhere."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from seqloom.console.progress import QUIET_SECONDS

Report = Callable[[int, int], None]


@contextmanager
def making(console: Console, what: str, quiet: bool = False) -> Generator[Report]:
    """A block that makes `what`; it yields what is to be told how much is done, and of how much."""
    if quiet:
        yield lambda _done, _total: None
    elif console.file.isatty() and not console.is_dumb_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
        task = bar.add_task(what, total=None)
        with bar:
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield _Lines(console, what)


class _Lines:
    """A plain line every now and then."""

    def __init__(self, console: Console, what: str) -> None:
        self._console, self._what = console, what
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._last >= QUIET_SECONDS:
            self._last = time.monotonic()
            self._console.print(f"{self._what}: {done:,} of {total:,}")
