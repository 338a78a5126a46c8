"""Which jobs wait, and which are answered together."""

import asyncio
from collections.abc import Callable

import pytest

from seqloom.server.job import Group, Job, Reply
from seqloom.server.queue import FullError, Queue

PREDICT = Group("m", "predict")


def in_loop(check: Callable[[], None]) -> None:
    async def run() -> None:
        check()

    asyncio.run(run())


def job(length: int = 1, group: Group = PREDICT) -> Job:
    return Job(group, {}, length, 0.0)


def test_all_of_one_group_go_together_and_the_others_stay() -> None:
    def check() -> None:
        queue = Queue(10)
        first, other, second = job(), job(group=Group("m", "predict", '{"beam": 2}')), job()
        queue.add([first, other, second])
        assert queue.take(8) == [first, second]
        assert queue.take(8) == [other]
        assert queue.take(8) == []

    in_loop(check)


def test_with_the_oldest_go_those_of_its_length() -> None:
    def check() -> None:
        queue = Queue(10)
        jobs = [job(length) for length in (5, 90, 6, 80, 4)]
        queue.add(jobs)
        assert [each.length for each in queue.take(3)] == [5, 6, 4]
        assert [each.length for each in queue.take(3)] == [90, 80]

    in_loop(check)


@pytest.mark.parametrize("kind", ["explain", "stream"])
def test_what_is_about_one_source_goes_alone(kind) -> None:
    def check() -> None:
        queue = Queue(10)
        queue.add([job(group=Group("m", kind)) for _ in range(3)])
        assert [len(queue.take(8)) for _ in range(3)] == [1, 1, 1]

    in_loop(check)


def test_of_jobs_that_do_not_all_fit_none_is_taken() -> None:
    def check() -> None:
        queue = Queue(3)
        queue.add([job(), job()])
        with pytest.raises(FullError):
            queue.add([job(), job()])
        assert len(queue) == 2

    in_loop(check)


def test_a_job_that_was_given_up_makes_room_and_is_not_answered() -> None:
    def check() -> None:
        queue = Queue(2)
        given_up, waiting, new = job(), job(), job()
        queue.add([given_up, waiting])
        given_up.reply.set_result(Reply(503, b""))
        queue.add([new])
        assert queue.take(8) == [waiting, new]

    in_loop(check)
