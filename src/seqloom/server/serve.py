"""The front: one process that listens, and ends well.

SIGTERM, SIGINT   no new questions; those inside are answered; then the end. Again: at once
SIGHUP            load the models anew, as happens by itself when their files change
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from seqloom.errors import UserError
from seqloom.server.app import make_app
from seqloom.server.crew import Crew
from seqloom.server.dispatcher import Dispatcher
from seqloom.server.guard import Gate
from seqloom.server.meters import Meters
from seqloom.server.queue import Queue
from seqloom.server.settings import Settings
from seqloom.server.watch import Watch

_log = logging.getLogger(__name__)

_BACKLOG = 2048


def serve(settings: Settings, started: Callable[[str], None]) -> None:
    """Answer until a signal comes; `started` is told the address.

    Raises UserError if a model cannot be loaded or the address is taken.
    """
    if not hasattr(os, "fork"):
        raise UserError(
            "seqloom serve forks its workers, which this system cannot. Run it on Linux or macOS."
        )
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings, started))


async def _serve(settings: Settings, started: Callable[[str], None]) -> None:
    listening = _bound(settings.host, settings.port)
    meters, gate = Meters(), Gate()
    dispatcher = Dispatcher(Queue(settings.limits.queue), settings.limits.batch, meters)
    crew = Crew(settings, dispatcher, meters)
    watching: asyncio.Task[None] | None = None
    try:
        watch = Watch(settings.models.values())
        await crew.open()
        app = make_app(settings, crew, dispatcher, meters, gate)
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=_BACKLOG,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=2,
        )
        if settings.watch:
            watching = asyncio.create_task(_watch(watch, crew, settings.watch))
        _on_hang_up(crew)
        listening.listen(_BACKLOG)  # who is told the address may ask at once
        started(_address(listening))
        await _Front(config, gate, settings.limits.deadline).serve(sockets=[listening])
    finally:
        if watching is not None:
            watching.cancel()
        await crew.close()
        listening.close()


class _Front(uvicorn.Server):
    """Signals are followed in our way: first let everyone in the house be answered."""

    def __init__(self, config: uvicorn.Config, gate: Gate, patience: float) -> None:
        super().__init__(config)
        self._gate = gate
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._draining: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._gate.draining:
            self.should_exit = self.force_exit = True
            return
        self._gate.draining = True
        self._loop.call_soon_threadsafe(self._start_to_drain)

    def _start_to_drain(self) -> None:
        self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        _log.info("Stopping: %d requests are still answered.", self._gate.inside)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while self._gate.inside:
                    await asyncio.sleep(0.02)
        self.should_exit = True


async def _watch(watch: Watch, crew: Crew, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        if await asyncio.to_thread(watch.changed):
            await crew.reload()


def _on_hang_up(crew: Crew) -> None:
    tasks: set[asyncio.Task[bool]] = set()

    def reload() -> None:
        task = asyncio.create_task(crew.reload())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)


def _bound(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise UserError(
            f"cannot listen at {host} port {port}: {error.strerror}. Choose others with --host and "
            "--port."
        ) from error
    listening.setblocking(False)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster loop, where it is installed."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
