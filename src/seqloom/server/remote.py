"""A worker process as the front sees it: a socket, and who waits for what comes out of it."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Sequence
from typing import Self

from seqloom.server.dispatcher import LostError
from seqloom.server.job import Job, Reply
from seqloom.server.wire import Frame, packed, read


class RemoteWorker:
    """One process; made by `meet`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.retired = False
        self.gone = asyncio.Event()
        self.pid = 0
        self._reader = reader
        self._writer = writer
        self._batch: Sequence[Job] = ()
        self._replies: asyncio.Future[list[Reply]] | None = None
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def meet(cls, ours: socket.socket) -> Self:
        """Wait until the process says that it is there. Raises LostError if it dies before."""
        worker = cls(*await asyncio.open_unix_connection(sock=ours))
        hello = await read(worker._reader)
        if hello is None:
            worker._writer.close()
            raise LostError
        worker.pid = hello.header["pid"]
        worker._listening = asyncio.create_task(worker._listen())
        return worker

    async def answer(self, batch: Sequence[Job]) -> list[Reply]:
        """One reply for each job. Raises LostError."""
        if self.gone.is_set():
            raise LostError
        group = batch[0].group
        header = {"model": group.model, "kind": group.kind, "items": [job.item for job in batch]}
        self._batch, self._replies = batch, asyncio.get_running_loop().create_future()
        self._writer.write(packed(Frame(header | {"settings": group.changes})))
        try:
            return await self._replies
        finally:
            self._batch, self._replies = (), None

    def dismiss(self, *, at_once: bool = False) -> None:
        """Let the process end; `at_once` in the middle of its work."""
        if at_once and not self.gone.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()

    async def _listen(self) -> None:
        while (frame := await read(self._reader)) is not None:
            if "partial" in frame.header:
                for job in self._batch:
                    if job.show is not None:
                        job.show(frame.body)
            elif self._replies is not None and not self._replies.done():
                self._replies.set_result(_cut(frame))
        self.gone.set()
        if self._replies is not None and not self._replies.done():
            self._replies.set_exception(LostError())
        self._writer.close()


def _cut(frame: Frame) -> list[Reply]:
    replies: list[Reply] = []
    start = 0
    for status, size in frame.header["replies"]:
        replies.append(Reply(status, frame.body[start : start + size]))
        start += size
    return replies
