"""A small HTTP client that costs the generator little: one connection, one request at a time."""

import asyncio
import json
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Self

_KEPT = 3.0
"""Seconds for which an idle connection is used again: a server closes it after a while (uvicorn after 5),
and a request sent in that moment would break."""


@dataclass(frozen=True, slots=True)
class Answer:
    """status 0 where the connection broke; started and ended by perf_counter, in seconds."""

    status: int
    body: bytes
    started: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.started

    @property
    def content(self) -> Any:
        return json.loads(self.body)


class Connection:
    """Opened by its first request, and anew after it broke or was idle for long."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._answered = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def post(self, path: str, body: bytes) -> Answer:
        started = perf_counter()
        if started - self._answered > _KEPT:
            self.close()
        try:
            status, answer = await self._exchange(path, body)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            status, answer = 0, b""
        self._answered = perf_counter()
        return Answer(status, answer, started, self._answered)

    async def _exchange(self, path: str, body: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        answer = await reader.readexactly(length)
        if b"connection: close" in lines:
            self.close()
        return status, answer


def question(source: str, **settings: Any) -> bytes:
    return json.dumps({"source": source, **settings}).encode()
