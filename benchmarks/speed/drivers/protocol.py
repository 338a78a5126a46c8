"""What the drivers share: the task they are given, the clock, and the lines they print.

A driver runs inside a peer's own environment, as `python drivers/drive_NAME.py '{...}'`, and uses the
standard library and that peer only. It prints what it measured as lines that begin with MARK; all else
is the peer's own talk.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MARK = "@measured "

Sentence = list[str]


@dataclass(frozen=True)
class Task:
    """What to do.

    action    make: train `updates` updates and leave a model; train: measure training; decode: measure
              the first answer and decoding; learn: train by the peer's own recipe (time to quality)
    settings  the peer's settings file; {data}, {model} and other words in braces are filled in
    started   time.time() when the process was started
    warm      updates that are not counted
    seconds   how long to measure
    steps     decoder steps of every output
    singles   sources decoded one by one
    batches   batches of 64 at least
    option    a variant of the system, such as `no-feeding` or `kernel`
    """

    action: str
    data: str
    model: str
    settings: str
    started: float
    threads: int
    warm: int
    seconds: float
    steps: int
    singles: int
    batches: int
    updates: int = 3
    option: str = ""

    def filled(self, **more: object) -> str:
        """The text of the settings, with the words in braces filled in."""
        text = Path(self.settings).read_text("utf-8")
        words = {"data": self.data, "model": self.model, "updates": self.updates, **more}
        for name, value in words.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def sources(self) -> list[Sentence]:
        """The sources to decode, all of one length, as often as it takes to fill a batch."""
        lines = (Path(self.data) / "decode.src").read_text("utf-8").splitlines()
        sentences = [line.split() for line in lines]
        return (sentences * (64 // len(sentences) + 1))[: max(64 * 10, self.singles)]


def task() -> Task:
    return Task(**json.loads(sys.argv[1]))


def report(**measured: object) -> None:
    print(MARK + json.dumps(measured), flush=True)


class Enough(BaseException):
    """Measured long enough. Not an Exception: no peer's error handling is to stop it."""


class Laps:
    """Tokens and seconds from update to update; raises Enough when the time is up.

    Call `update` after every update of the weights. The warm-up ends after `warm` updates.
    """

    def __init__(self, given: Task) -> None:
        self._given = given
        self._updates = 0
        self._tokens = 0
        self._seconds = 0.0
        self._last = 0.0

    def update(self, tokens: int) -> None:
        now = time.perf_counter()
        self._updates += 1
        if self._updates > self._given.warm:
            self._tokens += tokens
            self._seconds += now - self._last
        self._last = now
        if self._seconds >= self._given.seconds:
            raise Enough

    def paused(self) -> None:
        """What happened since the last update was not training."""
        self._last = time.perf_counter()

    def report(self) -> None:
        counted = self._updates - self._given.warm
        rate = self._tokens / self._seconds if self._seconds else None
        report(train=rate, updates=counted, tokens=self._tokens, peak_mb=peak_mb())


Answer = Callable[[list[Sentence], int], int]
"""Decodes sources side by side with a beam of some width (1: greedy); how many steps it took."""


def measure_decoding(given: Task, answer: Answer) -> None:
    """The first answer, then sources one by one, then in batches, greedy and with a beam of 5."""
    sources = given.sources()
    answer(sources[:1], 1)
    report(start=time.time() - given.started)
    report(milliseconds=_one_by_one(given, sources, answer), memory_mb=resident_mb())
    for name, beam in (("greedy", 1), ("beam", 5)):
        report(**{name: _batches(given, sources, answer, beam)})
    report(peak_mb=peak_mb())


def _one_by_one(given: Task, sources: list[Sentence], answer: Answer) -> list[float]:
    times: list[float] = []
    for source in sources[: given.singles + 5]:
        started = time.perf_counter()
        steps = answer([source], 1)
        times.append(1000 * (time.perf_counter() - started))
        assert steps == given.steps, f"asked for {given.steps} steps, but took {steps}"
    return times[5:]


def _batches(given: Task, sources: list[Sentence], answer: Answer, beam: int) -> float:
    """Tokens per second, a first batch not counted unless it alone takes all the time there is."""
    cut = [sources[i : i + 64] for i in range(0, len(sources) - 63, 64)]
    started = time.perf_counter()
    answer(cut[0], beam)
    if (took := time.perf_counter() - started) > given.seconds:
        return 64 * given.steps / took
    started, done = time.perf_counter(), 0
    while done < given.batches or time.perf_counter() - started < given.seconds / 4:
        answer(cut[done % len(cut)], beam)
        done += 1
        if time.perf_counter() - started > given.seconds:
            break
    return done * 64 * given.steps / (time.perf_counter() - started)


def peak_mb() -> float:
    """The most memory the process has had. Not getrusage, which counts what its parent had before."""
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def resident_mb() -> float:
    """The memory the process has now (VmRSS)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Curve:
    """The dev word error rate after every epoch, against seconds of training alone.

    The clock stands still while the dev set is decoded. `limit` epochs, or any number if 0.
    """

    def __init__(self, given: Task) -> None:
        self._data = Path(given.data)
        self._limit = given.updates
        self._seconds = 0.0
        self._since = time.perf_counter()
        self._epochs = 0

    def epoch(self, decode: Callable[[list[Sentence]], list[Sentence]]) -> None:
        """Decode the dev set and report; raises Enough after the last epoch asked for."""
        self._seconds += time.perf_counter() - self._since
        sources, targets = (
            [line.split() for line in (self._data / f"dev.{side}").read_text("utf-8").splitlines()]
            for side in ("src", "tgt")
        )
        outputs = decode(sources)
        wrong = sum(a != b for a, b in zip(outputs, targets, strict=True))
        self._epochs += 1
        report(point=[self._seconds, 100 * wrong / len(targets)])
        if self._epochs == self._limit:
            raise Enough
        self._since = time.perf_counter()
