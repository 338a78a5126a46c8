"""Hands batches of waiting jobs to workers, and their answers back.

A worker has one batch at work. A second one is sent ahead where as many wait as are at work, of the same
group: the worker then goes on at once, without waiting until the front has told the others their answers.

One that dies takes the batch along that it had begun: those jobs fail with LostError, which a client may
try again, and no other job notices. What it had not begun is given to another.
"""

import asyncio
import math
from collections.abc import Sequence
from typing import Protocol

from seqloom.server.job import Group, Job, Reply
from seqloom.server.meters import Meters
from seqloom.server.queue import FullError, Queue

_GRACE = 1.0
"""Seconds that a worker may go on after the last of its batch was given up,"""
_TIMES = 10
"""or as often the seconds that such a batch usually takes: on a machine that is starved, all are late."""


class LostError(Exception):
    """The worker that had the job is gone; whether it had begun."""

    def __init__(self, *, begun: bool = True) -> None:
        super().__init__()
        self.begun = begun


class LateError(Exception):
    """The deadline passed before the answer was there."""


class BusyError(Exception):
    """More jobs than may wait; `seconds` until it is worth to try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class Worker(Protocol):
    """Who answers."""

    retired: bool

    async def answer(self, batch: Sequence[Job]) -> list[Reply]:
        """One reply for each job, batch after batch. Raises LostError."""
        ...

    def dismiss(self, *, at_once: bool = False) -> None:
        """Let it go; `at_once` kills it in the middle of its work."""
        ...


class _AtWork:
    """What a worker has: the batch that it answers, and perhaps the next one.

    since  when it began with the first, by the event loop's clock
    """

    def __init__(self) -> None:
        self.batches: list[Sequence[Job]] = []
        self.since = 0.0

    def take(self, batch: Sequence[Job]) -> None:
        if not self.batches:
            self.since = asyncio.get_running_loop().time()
        self.batches.append(batch)

    def finish(self, batch: Sequence[Job]) -> float:
        """The seconds that it took."""
        began, self.since = self.since, asyncio.get_running_loop().time()
        self.batches.remove(batch)
        return self.since - began

    def goes_on_with(self, group: Group, waiting: int) -> bool:
        """Whether the next batch may be sent ahead: not of another group, which could be far quicker
        than what is at work, and not fewer than that, which would make small batches."""
        if len(self.batches) != 1:
            return False
        [batch] = self.batches
        return group.merges and batch[0].group == group and waiting >= len(batch)


class Dispatcher:
    """queue  where jobs wait; batch  how many are answered together"""

    def __init__(self, queue: Queue, batch: int, meters: Meters) -> None:
        self._queue = queue
        self._batch = batch
        self._meters = meters
        self._at_work: dict[Worker, _AtWork] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._seconds_each = 0.01

    async def ask(self, jobs: Sequence[Job]) -> list[Reply]:
        """The answers, in order. Raises BusyError, LateError and LostError."""
        if not jobs:
            return []
        try:
            self._queue.add(jobs)
        except FullError:
            raise BusyError(self.seconds_to_wait()) from None
        # Not at once: what else came in with the same turn of the loop belongs to the batch.
        loop = asyncio.get_running_loop()
        loop.call_soon(self._dispatch)
        waiting = asyncio.gather(*(job.reply for job in jobs))
        try:
            return await asyncio.wait_for(waiting, jobs[0].deadline - loop.time())
        except TimeoutError:
            raise LateError from None
        finally:
            _give_up(jobs)

    @property
    def full(self) -> bool:
        """Whether not even one job more may wait."""
        return not self._queue.has_room(1)

    def seconds_to_wait(self) -> int:
        """Until those that wait now are likely answered; 30 at most."""
        return min(30, max(1, math.ceil(len(self._queue) * self._seconds_each)))

    def join(self, worker: Worker) -> None:
        """A worker that is free."""
        self._at_work[worker] = _AtWork()
        self._dispatch()

    def leave(self, worker: Worker) -> None:
        """One that is gone."""
        self._at_work.pop(worker, None)

    def retire(self, worker: Worker) -> None:
        """Let a worker go when it has answered what it has."""
        worker.retired = True
        at_work = self._at_work.get(worker)
        if at_work is None or not at_work.batches:
            self._dismiss(worker)

    def _dispatch(self) -> None:
        while (worker := self._next()) and (batch := self._queue.take(self._batch)):
            self._at_work[worker].take(batch)
            task = asyncio.create_task(self._run(worker, batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        self._meters.queue.set(len(self._queue))

    def _next(self) -> Worker | None:
        """Who takes the oldest of those that wait: one that is free, else one that may be sent ahead."""
        group = self._queue.group
        if group is None:
            return None
        ahead = None
        for worker, at_work in self._at_work.items():
            if worker.retired:
                continue
            if not at_work.batches:
                return worker
            if at_work.goes_on_with(group, len(self._queue)):
                ahead = worker
        return ahead

    async def _run(self, worker: Worker, batch: Sequence[Job]) -> None:
        grace = max(_GRACE, _TIMES * len(batch) * self._seconds_each)
        limit = max(job.deadline for job in batch) + grace - asyncio.get_running_loop().time()
        try:
            replies = await asyncio.wait_for(worker.answer(batch), limit)
        except (LostError, TimeoutError) as error:
            self.leave(worker)
            worker.dismiss(at_once=True)
            self._lose(batch, begun=not isinstance(error, LostError) or error.begun)
            return
        for job, reply in zip(batch, replies, strict=True):
            _settle(job, reply)
        self._meters.batch.observe(len(batch))
        self._go_on(worker, batch)

    def _go_on(self, worker: Worker, batch: Sequence[Job]) -> None:
        """After a batch was answered."""
        if worker not in self._at_work:
            return
        at_work = self._at_work[worker]
        self._learn(at_work.finish(batch) / len(batch))
        if worker.retired and not at_work.batches:
            self._dismiss(worker)
        self._dispatch()

    def _dismiss(self, worker: Worker) -> None:
        self.leave(worker)
        worker.dismiss()

    def _lose(self, batch: Sequence[Job], *, begun: bool) -> None:
        """What was begun may be what killed the worker, and so is not tried again."""
        if begun:
            for job in batch:
                _settle(job, LostError())
        else:
            self._queue.put_back(batch)
            self._dispatch()

    def _learn(self, seconds: float) -> None:
        self._seconds_each += 0.1 * (seconds - self._seconds_each)


def _settle(job: Job, outcome: Reply | LostError) -> None:
    if job.reply.done():
        return
    if isinstance(outcome, LostError):
        job.reply.set_exception(outcome)
    else:
        job.reply.set_result(outcome)


def _give_up(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if not job.reply.done():
            job.reply.cancel()
        elif not job.reply.cancelled():
            job.reply.exception()  # looked at, so that asyncio does not report it
