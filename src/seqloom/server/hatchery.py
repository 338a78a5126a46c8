"""The nursery (nursery.py) as the front sees it: started, waited for, asked for workers, ended."""

import asyncio
import os
import socket
import subprocess
import sys
from typing import Any, Self

from seqloom.errors import UserError
from seqloom.server.dispatcher import LostError
from seqloom.server.remote import RemoteWorker
from seqloom.server.settings import Settings
from seqloom.server.wire import Frame, receive, send

_SINGLE = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "TOKENIZERS_PARALLELISM": "false",
}
"""For a process that is forked: threads that a library started would be missing in the fork, and it
would wait for them."""


class Nursery:
    """A process that has loaded the models (nursery.py); made by `open`.

    models  their descriptions
    """

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.models: list[dict[str, Any]] = []
        self._process = process
        self._control = control

    @classmethod
    async def open(cls, settings: Settings) -> Self:
        """Raises UserError if a model cannot be loaded."""
        control, theirs = socket.socketpair()
        command = [sys.executable, "-m", "seqloom.server.nursery", str(theirs.fileno())]
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={**os.environ, **_SINGLE},
        )
        theirs.close()
        nursery = cls(process, control)
        folders = [[name, str(folder)] for name, folder in settings.models.items()]
        send(control, Frame({"models": folders, "threads": settings.threads}))
        try:
            ready = await asyncio.to_thread(receive, control)
        except BaseException:
            nursery.close()
            raise
        if ready is None or "error" in ready.header:
            nursery.close()
            raise UserError(ready.header["error"] if ready else "The models could not be loaded.")
        nursery.models = ready.header["ready"]
        return nursery

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    async def fork(self) -> RemoteWorker:
        """A new worker. Raises LostError if there is none."""
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [b"f"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise LostError from None
        finally:
            theirs.close()
        return await RemoteWorker.meet(ours)

    def close(self) -> None:
        """It ends; its workers live until they are dismissed."""
        self._control.close()
        self._process.kill()
        self._process.wait()
