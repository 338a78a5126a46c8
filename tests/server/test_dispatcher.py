"""Batches, deadlines and deaths, with workers that answer when the test lets them."""

import asyncio
from collections.abc import Sequence

import pytest

from seqloom.server.dispatcher import BusyError, Dispatcher, LateError, LostError
from seqloom.server.job import Group, Job, Reply
from seqloom.server.meters import Meters
from seqloom.server.queue import Queue


class Toy:
    """Says a source twice, once it may."""

    def __init__(self) -> None:
        self.retired = False
        self.dismissed = ""
        self.batches: list[list[str]] = []
        self.may = asyncio.Event()
        self.dies = False

    async def answer(self, batch: Sequence[Job]) -> list[Reply]:
        self.batches.append([job.item["source"] for job in batch])
        await self.may.wait()
        if self.dies:
            raise LostError
        return [Reply(200, 2 * job.item["source"].encode()) for job in batch]

    def dismiss(self, *, at_once: bool = False) -> None:
        self.dismissed = "at once" if at_once else "when done"


def dispatcher(limit: int = 100) -> Dispatcher:
    return Dispatcher(Queue(limit), 4, Meters())


def jobs(*sources: str, seconds: float = 10.0) -> list[Job]:
    deadline = asyncio.get_running_loop().time() + seconds
    group = Group("m", "predict")
    return [Job(group, {"source": source}, len(source), deadline) for source in sources]


async def soon() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_what_came_while_the_worker_was_busy_is_answered_together() -> None:
    async def run() -> None:
        ours, worker = dispatcher(), Toy()
        ours.join(worker)
        first = asyncio.create_task(ours.ask(jobs("a")))
        await soon()
        others = [asyncio.create_task(ours.ask(jobs(source))) for source in "bcd"]
        await soon()
        worker.may.set()
        answers = [await task for task in [first, *others]]
        assert worker.batches == [["a"], ["b", "c", "d"]]
        assert [reply.body for [reply] in answers] == [b"aa", b"bb", b"cc", b"dd"]

    asyncio.run(run())


def test_nobody_waits_for_company() -> None:
    async def run() -> None:
        ours, worker = dispatcher(), Toy()
        ours.join(worker)
        worker.may.set()
        await ours.ask(jobs("a"))
        await ours.ask(jobs("b"))
        assert worker.batches == [["a"], ["b"]]

    asyncio.run(run())


def test_a_worker_that_dies_takes_only_its_own_batch_along() -> None:
    async def run() -> None:
        ours, mortal = dispatcher(), Toy()
        mortal.dies = True
        ours.join(mortal)
        lost = asyncio.create_task(ours.ask(jobs("a")))
        await soon()
        waiting = asyncio.create_task(ours.ask(jobs("b")))
        await soon()
        mortal.may.set()
        with pytest.raises(LostError):
            await lost
        other = Toy()
        other.may.set()
        ours.join(other)
        assert [reply.body for reply in await waiting] == [b"bb"]
        assert mortal.batches == [["a"]]

    asyncio.run(run())


def test_after_the_deadline_there_is_no_answer_and_nothing_left_to_do() -> None:
    async def run() -> None:
        ours = dispatcher()
        with pytest.raises(LateError):
            await ours.ask(jobs("a", seconds=0.01))
        worker = Toy()
        ours.join(worker)
        assert worker.batches == []

    asyncio.run(run())


def test_more_than_may_wait_is_refused_with_a_time_to_come_back() -> None:
    async def run() -> None:
        ours = dispatcher(limit=2)
        waiting = asyncio.create_task(ours.ask(jobs("a", "b", seconds=0.05)))
        await soon()
        with pytest.raises(BusyError) as busy:
            await ours.ask(jobs("c"))
        assert busy.value.seconds >= 1
        with pytest.raises(LateError):
            await waiting

    asyncio.run(run())


def test_a_client_that_gives_up_leaves_no_job_behind() -> None:
    async def run() -> None:
        ours = dispatcher()
        waiting = asyncio.create_task(ours.ask(jobs("a")))
        await soon()
        waiting.cancel()
        await soon()
        worker = Toy()
        ours.join(worker)
        assert worker.batches == []

    asyncio.run(run())


def test_a_retired_worker_goes_when_it_has_answered() -> None:
    async def run() -> None:
        ours, worker = dispatcher(), Toy()
        ours.join(worker)
        asked = asyncio.create_task(ours.ask(jobs("a")))
        await soon()
        ours.retire(worker)
        assert worker.dismissed == ""
        worker.may.set()
        assert [reply.body for reply in await asked] == [b"aa"]
        await soon()
        assert worker.dismissed == "when done"

    asyncio.run(run())
