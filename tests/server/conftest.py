"""The whole service in one process: a tiny model answers behind the real queue, guard and routes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import seqloom
from seqloom.model import Model
from seqloom.server.answers import Served, answer
from seqloom.server.app import make_app
from seqloom.server.describe import describe
from seqloom.server.dispatcher import Dispatcher
from seqloom.server.guard import Gate
from seqloom.server.job import Job, Reply
from seqloom.server.meters import Meters
from seqloom.server.queue import Queue
from seqloom.server.settings import Limits, Settings

FOLDER = Path(__file__).parents[1] / "fixtures" / "run-format-1"
SOURCES = ["가", "나다", "가나", "다가나", "나가"]


@pytest.fixture(scope="session")
def model() -> Model:
    return seqloom.load(FOLDER, "cpu")


class InProcess:
    """A worker without a process."""

    def __init__(self, model: Served) -> None:
        self.retired = False
        self.batches: list[int] = []
        self._model = model

    async def answer(self, batch: Sequence[Job]) -> list[Reply]:
        self.batches.append(len(batch))

        def show(partial: bytes) -> None:
            assert batch[0].show is not None
            batch[0].show(partial)

        group = batch[0].group
        items = [job.item for job in batch]
        return answer(self._model, group.kind, group.changes, items, show)

    def dismiss(self, *, at_once: bool = False) -> None:
        self.retired = True


class Crew:
    def __init__(self, model: Served, *names: str) -> None:
        self.models = [describe(name, model) for name in names]
        self.ready = True


Serve = Callable[..., TestClient]


@pytest.fixture
def serve(model: Model, tmp_path: Path) -> Iterator[Serve]:
    """Start a service, `of` another model if one is given: `workers=0` never answers, other settings as
    in Settings and Limits."""
    with ExitStack() as running:

        def start(
            *,
            of: Served | None = None,
            workers: int = 1,
            limits: dict[str, Any] | None = None,
            **settings: Any,
        ) -> TestClient:
            served = of or model
            chosen = replace(
                Settings({"tiny": FOLDER}, page=tmp_path),
                **settings,
                limits=Limits(**(limits or {})),
            )
            meters = Meters()
            dispatcher = Dispatcher(Queue(chosen.limits.queue), chosen.limits.batch, meters)
            for _ in range(workers):
                dispatcher.join(InProcess(served))
            app = make_app(chosen, Crew(served, *chosen.models), dispatcher, meters, Gate())
            client = TestClient(app, base_url="http://localhost:8000")
            return running.enter_context(client)

        yield start
