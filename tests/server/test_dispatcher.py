"""Batches, deadlines and deaths, with workers that answer when the test lets them."""

import asyncio
from collections.abc import Sequence

import pytest

from seqloom.server.dispatcher import BusyError, Dispatcher, LateError, LostError
from seqloom.server.job import Group, Job, Reply
from seqloom.server.meters import Meters
from seqloom.server.queue import Queue


class Toy:
    """Says a source twice, batch after batch, once it may."""

    def __init__(self) -> None:
        self.retired = False
        self.dismissed = ""
        self.batches: list[list[str]] = []
        self.may = asyncio.Event()
        self.dies = False
        self._one = asyncio.Lock()

    async def answer(self, batch: Sequence[Job]) -> list[Reply]:
        self.batches.append([job.item["source"] for job in batch])
        begun = not self._one.locked()
        async with self._one:
            await self.may.wait()
            if self.dies:
                raise LostError(begun=begun)
            return [Reply(200, 2 * job.item["source"].encode()) for job in batch]

    def dismiss(self, *, at_once: bool = False) -> None:
        self.dismissed = "at once" if at_once else "when done"


def dispatcher(limit: int = 100) -> Dispatcher:
    return Dispatcher(Queue(limit), 4, Meters())


def jobs(*sources: str, seconds: float = 10.0, model: str = "m") -> list[Job]:
    deadline = asyncio.get_running_loop().time() + seconds
    group = Group(model, "predict")
    return [Job(group, {"source": source}, len(source), deadline) for source in sources]


async def soon() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_what_came_while_the_worker_was_busy_is_answered_together() -> None:
    async def run() -> None:
        ours, worker = dispatcher(), Toy()
        ours.join(worker)
        first = asyncio.create_task(ours.ask(jobs("aa", "bb", "cc")))
        await soon()
        others = [asyncio.create_task(ours.ask(jobs(source))) for source in "de"]
        await soon()
        assert worker.batches == [["aa", "bb", "cc"]]
        worker.may.set()
        answers = [reply.body for task in [first, *others] for reply in await task]
        assert worker.batches == [["aa", "bb", "cc"], ["d", "e"]]
        assert answers == [b"aaaa", b"bbbb", b"cccc", b"dd", b"ee"]

    asyncio.run(run())


def test_as_many_as_are_at_work_are_sent_ahead_but_no_third_batch() -> None:
    async def run() -> None:
        ours, worker = dispatcher(), Toy()
        ours.join(worker)
        tasks: list[asyncio.Task[list[Reply]]] = []
        for sources in (("a", "b"), ("c",), ("d",), ("e", "f")):
            tasks.append(asyncio.create_task(ours.ask(jobs(*sources))))
            await soon()
        assert worker.batches == [["a", "b"], ["c", "d"]]
        worker.may.set()
        answers = [reply.body for task in tasks for reply in await task]
        assert answers == [2 * letter.encode() for letter in "abcdef"]
        assert worker.batches[2:] == [["e", "f"]]

    asyncio.run(run())


def test_what_another_model_is_asked_is_not_sent_behind_a_batch() -> None:
    async def run() -> None:
        ours, busy, free = dispatcher(), Toy(), Toy()
        ours.join(busy)
        first = asyncio.create_task(ours.ask(jobs("a")))
        await soon()
        other = asyncio.create_task(ours.ask(jobs("b", model="n")))
        await soon()
        assert busy.batches == [["a"]]
        free.may.set()
        ours.join(free)
        assert [reply.body for reply in await other] == [b"bb"]
        busy.may.set()
        await first

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


def test_a_worker_that_dies_takes_only_the_batch_along_that_it_began() -> None:
    async def run() -> None:
        ours, mortal = dispatcher(), Toy()
        mortal.dies = True
        ours.join(mortal)
        lost = asyncio.create_task(ours.ask(jobs("a")))
        await soon()
        ahead = asyncio.create_task(ours.ask(jobs("b")))
        await soon()
        waiting = asyncio.create_task(ours.ask(jobs("c")))
        await soon()
        mortal.may.set()
        with pytest.raises(LostError):
            await lost
        other = Toy()
        other.may.set()
        ours.join(other)
        assert [reply.body for reply in await ahead] == [b"bb"]
        assert [reply.body for reply in await waiting] == [b"cc"]
        assert mortal.batches == [["a"], ["b"]]
        assert mortal.dismissed == "at once"

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
        ahead = asyncio.create_task(ours.ask(jobs("b")))
        await soon()
        ours.retire(worker)
        late = asyncio.create_task(ours.ask(jobs("c")))
        await soon()
        assert worker.dismissed == ""
        worker.may.set()
        assert [reply.body for reply in await asked] == [b"aa"]
        assert [reply.body for reply in await ahead] == [b"bb"]
        await soon()
        assert worker.dismissed == "when done"
        assert worker.batches == [["a"], ["b"]]
        late.cancel()

    asyncio.run(run())
