"""How training shows where it stands: a bar on a terminal, now and then a line anywhere else.

loss        running mean over some 50 updates, -log p per unit (such as a target token) in nats
tokens/s    running mean of units, for tokens <eos> counted; time for validation left out
time left   until the first limit of the budget, at most: early stopping may be earlier
"""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

if TYPE_CHECKING:
    from seqloom.training.loop import Step
    from seqloom.training.progress import Progress as Counters

HALF_LIFE = 10.0
"""Seconds after which an update counts half in the speed."""
LOSS_DECAY = 0.98
"""What an update's part in the loss is multiplied by at the next one."""
QUIET_SECONDS = 10.0
"""Least time between two lines where there is no bar."""


@dataclass
class Meter:
    """What is worth showing about the updates so far."""

    counters: "Counters"
    total: int | None
    max_minutes: float | None
    unit: str = "token"
    loss: float = 0.0
    speed: float = 0.0
    _losses: float = 0.0
    _weight: float = 0.0
    _tokens: float = 0.0
    _seconds: float = 0.0
    _first: int = field(init=False)
    _began: float = field(init=False)
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._first = self.counters.update
        self._began = self._last = time.monotonic()

    def add(self, step: "Step") -> None:
        """Take an update into the means."""
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        if step.validation is not None or not step.tokens:
            return
        self._losses = LOSS_DECAY * self._losses + step.loss
        self._weight = LOSS_DECAY * self._weight + 1
        self.loss = self._losses / self._weight
        kept = 0.5 ** (seconds / HALF_LIFE)
        self._tokens = kept * self._tokens + step.tokens
        self._seconds = kept * self._seconds + seconds
        self.speed = self._tokens / max(self._seconds, 1e-9)

    @property
    def epoch(self) -> int:
        """The first epoch is 1; right after an epoch's last update it is still that epoch."""
        return self.counters.epoch + (self.counters.batch > 0)

    @property
    def done(self) -> float:
        """The share of the budget that is spent, between 0 and 1."""
        shares = [0.0]
        if self.total:
            shares.append(self.counters.update / self.total)
        if self.max_minutes:
            shares.append(self.counters.seconds / (60 * self.max_minutes))
        return min(1.0, max(shares))

    @property
    def seconds_left(self) -> float | None:
        """Until the first limit is met; None while there is nothing to judge by."""
        updates = self.counters.update - self._first
        limits: list[float] = []
        if self.total and updates:
            each = (time.monotonic() - self._began) / updates
            limits.append(each * (self.total - self.counters.update))
        if self.max_minutes:
            limits.append(60 * self.max_minutes - self.counters.seconds)
        return max(0.0, min(limits)) if limits else None

    def __str__(self) -> str:
        total = f"/{self.total:,}" if self.total else ""
        left = "" if self.seconds_left is None else f", {clock(self.seconds_left)} left"
        return (
            f"update {self.counters.update:,}{total}, epoch {self.epoch}, "
            f"loss {self.loss:.3f}, {self.speed:,.0f} {self.unit}s/s{left}"
        )


class Display(Protocol):
    """Where a meter is shown."""

    def show(self, meter: Meter) -> None: ...
    def close(self) -> None: ...


class Bar:
    """One line at the bottom of a terminal."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            BarColumn(bar_width=None),
            TextColumn("{task.description}", markup=False),
            console=console,
            expand=True,
            transient=True,
        )
        self._task = self._progress.add_task("", total=1.0)
        self._progress.start()

    def show(self, meter: Meter) -> None:
        self._progress.update(self._task, completed=meter.done, description=str(meter))

    def close(self) -> None:
        self._progress.stop()


class Lines:
    """A plain line every now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = time.monotonic()

    def show(self, meter: Meter) -> None:
        if time.monotonic() - self._last >= QUIET_SECONDS:
            self._last = time.monotonic()
            self._console.print(str(meter))

    def close(self) -> None: ...


class Silence:
    """Nothing."""

    def show(self, meter: Meter) -> None: ...
    def close(self) -> None: ...


def display(console: Console, quiet: bool) -> Display:
    """What suits the place that the console writes to."""
    if quiet:
        return Silence()
    if console.file.isatty() and not console.is_dumb_terminal:
        return Bar(console)
    return Lines(console)


def clock(seconds: float) -> str:
    """'4:32', or '1:04:32' from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def stderr() -> Console:
    """For all that is not the answer itself; no line is wrapped."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
