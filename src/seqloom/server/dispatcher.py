"""Hands batches of waiting jobs to workers that are free, and their answers back.

A worker has one batch at a time. One that dies takes its batch along: those jobs fail with
LostError, which a client may try again, and no other job notices.
"""

import asyncio
import math
from collections.abc import Sequence
from typing import Protocol

from seqloom.server.job import Job, Reply
from seqloom.server.meters import Meters
from seqloom.server.queue import FullError, Queue

_GRACE = 1.0
"""Seconds that a worker may go on after the last of its batch was given up."""


class LostError(Exception):
    """The worker that had the job is gone."""


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
        """One reply for each job. Raises LostError."""
        ...

    def dismiss(self, *, at_once: bool = False) -> None:
        """Let it go; `at_once` kills it in the middle of its work."""
        ...


class Dispatcher:
    """queue  where jobs wait; batch  how many are answered together"""

    def __init__(self, queue: Queue, batch: int, meters: Meters) -> None:
        self._queue = queue
        self._batch = batch
        self._meters = meters
        self._idle: list[Worker] = []
        self._running: set[asyncio.Task[None]] = set()
        self._seconds_each = 0.01

    async def ask(self, jobs: Sequence[Job]) -> list[Reply]:
        """The answers, in order. Raises BusyError, LateError and LostError."""
        if not jobs:
            return []
        try:
            self._queue.add(jobs)
        except FullError:
            raise BusyError(self._seconds_to_wait()) from None
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

    def join(self, worker: Worker) -> None:
        """A worker that is free."""
        self._idle.append(worker)
        self._dispatch()

    def leave(self, worker: Worker) -> None:
        """One that is gone."""
        if worker in self._idle:
            self._idle.remove(worker)

    def retire(self, worker: Worker) -> None:
        """Let a worker go when it has answered what it has."""
        worker.retired = True
        if worker in self._idle:
            self._idle.remove(worker)
            worker.dismiss()

    def _dispatch(self) -> None:
        while self._idle and (batch := self._queue.take(self._batch)):
            task = asyncio.create_task(self._run(self._idle.pop(), batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        self._meters.queue.set(len(self._queue))

    async def _run(self, worker: Worker, batch: Sequence[Job]) -> None:
        self._meters.batch.observe(len(batch))
        loop = asyncio.get_running_loop()
        started = loop.time()
        limit = max(job.deadline for job in batch) + _GRACE - started
        try:
            replies = await asyncio.wait_for(worker.answer(batch), limit)
        except (LostError, TimeoutError):
            for job in batch:
                _settle(job, LostError())
            worker.dismiss(at_once=True)
            return
        for job, reply in zip(batch, replies, strict=True):
            _settle(job, reply)
        self._learn((loop.time() - started) / len(batch))
        if worker.retired:
            worker.dismiss()
        else:
            self.join(worker)

    def _learn(self, seconds: float) -> None:
        self._seconds_each += 0.1 * (seconds - self._seconds_each)

    def _seconds_to_wait(self) -> int:
        return min(30, max(1, math.ceil(len(self._queue) * self._seconds_each)))


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
