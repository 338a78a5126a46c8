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
    """A block that may make `what`; it yields what is to be told how much is done, and of how much. The
    bar is there from the first report until all is done."""
    if quiet:
        yield lambda _done, _total: None
    elif console.file.isatty() and not console.is_dumb_terminal:
        bar = _Bar(console, what)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _Lines(console, what)


@contextmanager
def working(console: Console, what: str) -> Generator[Report]:
    """A block of work, shown on a terminal as `what`, that begins with making data; it yields what is to be
    told how much is made."""
    with console.status(what) as status:

        def report(done: int, total: int) -> None:
            making = f"Making data: {done:,} of {total:,}"
            status.update(making if done < total else what)

        yield report


class _Bar:
    """One line at the bottom of a terminal."""

    def __init__(self, console: Console, what: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
        self._task = self._bar.add_task(what, total=None)

    def __call__(self, done: int, total: int) -> None:
        if done < total:
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)
        if done >= total:
            self.close()

    def close(self) -> None:
        self._bar.stop()


class _Lines:
    """A plain line every now and then."""

    def __init__(self, console: Console, what: str) -> None:
        self._console, self._what = console, what
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._last >= QUIET_SECONDS:
            self._last = time.monotonic()
            self._console.print(f"{self._what}: {done:,} of {total:,}")
