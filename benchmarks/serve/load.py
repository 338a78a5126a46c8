"""Two kinds of load.

clients  each asks, waits for the answer, and asks again: what the service can give
arrivals at a rate that does not care how the service does: what overload does to it
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from time import perf_counter
from typing import NamedTuple

from benchmarks.serve.client import Answer, Connection, question

Told = Callable[[str, Answer], None]
_PATIENCE = 60.0
_CONNECTIONS = 1500
"""Open at once at most. Beyond what a system lets wait to be accepted it breaks connections by itself, and
that says nothing of the service: an arrival that finds none of these free is not sent."""


async def clients(port: int, sources: Sequence[str], number: int, seconds: float) -> list[Answer]:
    """All answers to requests sent within that time."""
    end = perf_counter() + seconds
    places = count()
    answers: list[Answer] = []

    async def one() -> None:
        async with Connection(port) as connection:
            while perf_counter() < end:
                source = sources[next(places) % len(sources)]
                answers.append(await connection.post("/v1/predict", question(source)))

    await asyncio.gather(*(one() for _ in range(number)))
    return answers


class Sent(NamedTuple):
    """requests  that were sent
    unsent       arrivals that found no connection free
    lost         requests that never got an answer"""

    requests: int
    unsent: int
    lost: int


async def arrivals(
    port: int, sources: Sequence[str], rate: float, seconds: float, told: Told
) -> Sent:
    """Requests at `rate` a second, each answer told at once."""
    free: list[Connection] = []
    asking: set[asyncio.Task[None]] = set()

    async def ask(source: str) -> None:
        connection = free.pop() if free else Connection(port)
        told(source, await connection.post("/v1/predict", question(source)))
        free.append(connection)

    begun = perf_counter()
    due = sent = 0
    while (passed := perf_counter() - begun) < seconds:
        while due < passed * rate:
            if len(asking) < _CONNECTIONS:
                task = asyncio.create_task(ask(sources[due % len(sources)]))
                asking.add(task)
                task.add_done_callback(asking.discard)
                sent += 1
            due += 1
        await asyncio.sleep(0.002)
    late = (await asyncio.wait(asking, timeout=_PATIENCE))[1] if asking else set()
    for task in late:
        task.cancel()
    for connection in free:
        connection.close()
    return Sent(sent, due - sent, len(late))
