"""A worker process as the front sees it: a socket, and who waits for what comes out of it."""

import asyncio
import contextlib
import os
import signal
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from seqloom.server.dispatcher import LostError
from seqloom.server.job import Job, Reply
from seqloom.server.wire import Frame, packed, read


@dataclass(slots=True)
class _Sent:
    """A batch that the process has; it says when it begins."""

    batch: Sequence[Job]
    replies: asyncio.Future[list[Reply]]
    begun: bool = False

    def show(self, partial: bytes) -> None:
        for job in self.batch:
            if job.show is not None:
                job.show(partial)


class RemoteWorker:
    """One process; made by `meet`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.retired = False
        self.gone = asyncio.Event()
        self.pid = 0
        self._reader = reader
        self._writer = writer
        self._batches: deque[_Sent] = deque()
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
        """One reply for each job, batch after batch. Raises LostError."""
        if self.gone.is_set():
            raise LostError(begun=False)
        group = batch[0].group
        header = {"model": group.model, "kind": group.kind, "items": [job.item for job in batch]}
        sent = _Sent(batch, asyncio.get_running_loop().create_future())
        self._batches.append(sent)
        self._writer.write(packed(Frame(header | {"settings": group.changes})))
        return await sent.replies

    def dismiss(self, *, at_once: bool = False) -> None:
        """Let the process end; `at_once` in the middle of its work."""
        if at_once and not self.gone.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()

    async def _listen(self) -> None:
        try:
            while (frame := await read(self._reader)) is not None:
                self._hear(frame)
        finally:
            self.gone.set()
            for sent in self._batches:
                if not sent.replies.done():
                    sent.replies.set_exception(LostError(begun=sent.begun))
            self._writer.close()

    def _hear(self, frame: Frame) -> None:
        sent = self._batches[0]
        if "begun" in frame.header:
            sent.begun = True
        elif "partial" in frame.header:
            sent.show(frame.body)
        else:
            self._batches.popleft()
            if not sent.replies.done():
                sent.replies.set_result(_cut(frame))


def _cut(frame: Frame) -> list[Reply]:
    replies: list[Reply] = []
    start = 0
    for status, size in frame.header["replies"]:
        replies.append(Reply(status, frame.body[start : start + size]))
        start += size
    return replies
