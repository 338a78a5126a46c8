"""The workers as the front sees them: one is born whenever one dies, and all anew when a model changes.

reload   a new nursery loads the models; when its workers are there the old ones finish what they
         have and go; if the models cannot be loaded everything stays as it is
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from seqloom.errors import UserError
from seqloom.server.dispatcher import Dispatcher, LostError
from seqloom.server.hatchery import Nursery
from seqloom.server.meters import Meters
from seqloom.server.remote import RemoteWorker
from seqloom.server.settings import Settings

_log = logging.getLogger(__name__)

_QUICK = 1.0
"""A worker that lives no longer than so many seconds may be followed by more of its kind."""
_PAUSES = (0.0, 0.0, 0.1, 0.5, 1.0, 5.0)
"""Seconds before another one is tried, the more of them die quickly."""


class Crew:
    """Keeps as many workers as the settings say; made by `open`.

    models  descriptions of what is served
    """

    def __init__(self, settings: Settings, dispatcher: Dispatcher, meters: Meters) -> None:
        self.models: list[dict[str, Any]] = []
        self._settings = settings
        self._dispatcher = dispatcher
        self._meters = meters
        self._nursery: Nursery | None = None
        self._workers: set[RemoteWorker] = set()
        self._slots: list[asyncio.Task[None]] = []
        self._changing = asyncio.Lock()
        self._reviving = asyncio.Lock()

    async def open(self) -> None:
        """Load the models and start the workers. Raises UserError if a model cannot be loaded."""
        async with self._changing:
            nursery = await Nursery.open(self._settings)
            await self._take_over(nursery)

    @property
    def ready(self) -> bool:
        return bool(self._workers)

    @property
    def pids(self) -> list[int]:
        return [worker.pid for worker in self._workers]

    async def reload(self) -> bool:
        """Load the models anew; whether that went well."""
        async with self._changing:
            try:
                nursery = await Nursery.open(self._settings)
            except UserError as error:
                self._meters.reloads.labels("failed").inc()
                _log.error("The models stay as they are: %s", self._unplaced(str(error)))
                return False
            await self._take_over(nursery)
        self._meters.reloads.labels("done").inc()
        _log.info("The models were loaded anew.")
        return True

    def _unplaced(self, message: str) -> str:
        """The message with names of models where it has their folders."""
        for name, folder in self._settings.models.items():
            message = message.replace(str(folder), name)
        return message

    async def close(self) -> None:
        """End all processes."""
        workers = list(self._workers)
        await self._end(self._slots)
        for worker in workers:
            worker.dismiss(at_once=True)
        if self._nursery is not None:
            self._nursery.close()

    async def _take_over(self, nursery: Nursery) -> None:
        old_nursery, old_slots = self._nursery, self._slots
        self._nursery, self.models = nursery, nursery.models
        first = [asyncio.Event() for _ in range(self._settings.workers)]
        self._slots = [asyncio.create_task(self._fill(event)) for event in first]
        await asyncio.gather(*(event.wait() for event in first))
        await self._end(old_slots)
        if old_nursery is not None:
            old_nursery.close()

    @staticmethod
    async def _end(slots: Sequence[asyncio.Task[None]]) -> None:
        for slot in slots:
            slot.cancel()
        await asyncio.gather(*slots, return_exceptions=True)

    async def _fill(self, filled: asyncio.Event) -> None:
        """Keep one worker alive, and then another."""
        quick = 0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_PAUSES[min(quick, len(_PAUSES) - 1)])
            started = loop.time()
            try:
                worker = await self._born()
            except LostError:
                quick += 1
                continue
            filled.set()
            await self._while_alive(worker)
            quick = quick + 1 if loop.time() - started < _QUICK else 0

    async def _born(self) -> RemoteWorker:
        assert self._nursery is not None
        if not self._nursery.alive:
            await self._revive()
        return await self._nursery.fork()

    async def _revive(self) -> None:
        """Another nursery for one that was killed."""
        async with self._reviving:
            assert self._nursery is not None
            if self._nursery.alive:
                return
            _log.warning("The process that loads the models died; starting another.")
            self._nursery.close()
            try:
                self._nursery = await Nursery.open(self._settings)
            except UserError as error:
                _log.error("%s", error)
                raise LostError from error

    async def _while_alive(self, worker: RemoteWorker) -> None:
        self._workers.add(worker)
        self._meters.workers.set(len(self._workers))
        self._dispatcher.join(worker)
        try:
            await worker.gone.wait()
        except asyncio.CancelledError:
            self._dispatcher.retire(worker)
            raise
        finally:
            self._workers.discard(worker)
            self._meters.workers.set(len(self._workers))
        self._dispatcher.leave(worker)
        self._meters.lost.inc()
        _log.warning("Worker %d died; starting another.", worker.pid)
