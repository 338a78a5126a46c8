"""What is measured; each part is a function from a run to figures."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.serve.client import Answer, Connection, question
from benchmarks.serve.load import Sent, arrivals, clients
from benchmarks.serve.service import Service, running

CLIENTS = 32
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Setup:
    """threads  of each worker; rounds  how often the two ways take turns"""

    run: Path
    sources: Sequence[str]
    offline: dict[str, tuple[str, float]]
    workers: int
    threads: int
    seconds: float
    rounds: int

    @property
    def options(self) -> list[str]:
        return ["--workers", str(self.workers), "--threads", str(self.threads)]


def merging(setup: Setup) -> dict[str, Any]:
    """Merged against one by one, in turns: throughput of many clients, latency of one."""
    with (
        running(setup.run, *setup.options) as merged,
        running(setup.run, *setup.options, "--batch", "1") as single,
    ):
        both = {"merged": merged, "one by one": single}
        for service in both.values():  # what is slow only the first time
            asyncio.run(clients(service.port, setup.sources, CLIENTS, setup.seconds / 4))
        rates: dict[str, list[float]] = {name: [] for name in both}
        alone: dict[str, list[float]] = {name: [] for name in both}
        for _ in range(setup.rounds):
            for name, service in both.items():
                rates[name].append(_rate(service, setup, CLIENTS))
            for name, service in both.items():
                alone[name].append(_p50(service, setup))
        cold = merged.cold
    throughput = {name: median(found) for name, found in rates.items()}
    latency = {name: 1e3 * median(found) for name, found in alone.items()}
    return {
        "clients": CLIENTS,
        "requests_per_second": throughput,
        "throughput_ratio": throughput["merged"] / throughput["one by one"],
        "p50_ms_of_one_client": latency,
        "p50_ratio": latency["merged"] / latency["one by one"],
        "cold_start_seconds": cold,
    }


def _rate(service: Service, setup: Setup, number: int) -> float:
    answers = asyncio.run(clients(service.port, setup.sources, number, setup.seconds))
    assert all(answer.status == 200 for answer in answers), Counter(a.status for a in answers)
    return len(answers) / setup.seconds


def _p50(service: Service, setup: Setup) -> float:
    answers = asyncio.run(clients(service.port, setup.sources, 1, setup.seconds))
    return median(answer.seconds for answer in answers)


def keystrokes(setup: Setup) -> dict[str, Any]:
    """What the page waits for after a keystroke: an explanation of what stands there so far."""
    typed = [source[: end + 1] for source in setup.sources for end in range(len(source))][:300]

    async def ask(service: Service) -> list[Answer]:
        async with Connection(service.port) as connection:
            return [await connection.post("/v1/explain", question(part)) for part in typed]

    with running(setup.run, *setup.options) as service:
        answers = asyncio.run(ask(service))
    assert all(answer.status == 200 for answer in answers)
    found = [1e3 * answer.seconds for answer in answers]
    return {
        "explanations": len(found),
        "p50_ms": median(found),
        "p95_ms": quantiles(found, n=20)[-1],
    }


@dataclass
class _Tally:
    """What came back in a soak."""

    statuses: Counter[int]
    wrong: int = 0


def soak(setup: Setup, minutes: float) -> dict[str, Any]:
    """Twice as many requests as can be answered, for minutes."""
    tally = _Tally(Counter())

    def told(source: str, answer: Answer) -> None:
        tally.statuses[answer.status] += 1
        if answer.status == 200:
            tally.wrong += not _as_offline(setup, source, answer)

    async def run(service: Service, rate: float) -> tuple[Sent, list[tuple[float, int]]]:
        memory: list[tuple[float, int]] = []
        watching = asyncio.create_task(_watch(service, memory))
        sent = await arrivals(service.port, setup.sources, rate, 60 * minutes, told)
        watching.cancel()
        return sent, memory

    with running(setup.run, *setup.options) as service:
        capacity = _rate(service, setup, CLIENTS)
        sent, memory = asyncio.run(run(service, 2 * capacity))
    first = min(60.0, 20 * minutes)
    after = [rss for seconds, rss in memory if seconds >= first]
    return {
        "minutes": minutes,
        "capacity_per_second": capacity,
        "statuses": {str(status): number for status, number in sorted(tally.statuses.items())},
        "sent": sent.requests,
        "unsent": sent.unsent,
        "never_answered": sent.lost,
        "other_than_offline": tally.wrong,
        "settled_after_seconds": first,
        "rss_mib_then": after[0] / MIB,
        "rss_mib_most_later": max(after) / MIB,
        "rss_mib_at_the_end": after[-1] / MIB,
    }


def _as_offline(setup: Setup, source: str, answer: Answer) -> bool:
    text, log_prob = setup.offline[source]
    output = answer.content["results"][0]["outputs"][0]
    return output["text"] == text and abs(output["log_prob"] - log_prob) < 1e-4


async def _watch(service: Service, memory: list[tuple[float, int]]) -> None:
    begun = perf_counter()
    while True:
        memory.append((perf_counter() - begun, await asyncio.to_thread(lambda: service.rss)))
        await asyncio.sleep(1)


def recovery(setup: Setup, kills: int) -> dict[str, Any]:
    """kill -9 of a worker under load: what fails, and for how long nothing is answered."""
    seconds = 4.0

    async def once(service: Service) -> tuple[float, Counter[int]]:
        asking = asyncio.create_task(clients(service.port, setup.sources, CLIENTS, seconds))
        await asyncio.sleep(seconds / 2)
        killed = perf_counter()
        service.kill_a_worker()
        answers = await asking
        good = [a for a in answers if a.status == 200 and a.started > killed]
        bad = Counter(a.status for a in answers if a.status != 200)
        return min(a.ended for a in good) - killed, bad

    gaps: list[float] = []
    failed: Counter[int] = Counter()
    with running(setup.run, *setup.options) as service:
        for _ in range(kills):
            gap, bad = asyncio.run(once(service))
            gaps.append(gap)
            failed += bad
            time.sleep(1.5)
    return {
        "kills": kills,
        "seconds_until_answered_again": {"median": median(gaps), "most": max(gaps)},
        "failed_statuses": {str(status): number for status, number in failed.items()},
        "failed_per_kill": failed.total() / kills,
    }


def described(setup: Setup) -> dict[str, Any]:
    about = asdict(setup)
    return {
        "run": setup.run.name,
        "sources": len(setup.sources),
        **{name: about[name] for name in ("workers", "threads", "seconds", "rounds")},
    }
