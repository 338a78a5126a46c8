"""What the processes of the service say to each other: frames over a socket.

    frame = length of the header, length of the body (4 bytes each, big-endian), header, body

The header is a JSON object; the body is bytes that the reader hands on as they are.
"""

import json
import socket
import struct
from asyncio import IncompleteReadError, StreamReader
from typing import Any, NamedTuple

_LENGTHS = struct.Struct("!II")


class Frame(NamedTuple):
    header: dict[str, Any]
    body: bytes = b""


def packed(frame: Frame) -> bytes:
    header = json.dumps(frame.header).encode()
    return _LENGTHS.pack(len(header), len(frame.body)) + header + frame.body


def send(to: socket.socket, frame: Frame) -> None:
    to.sendall(packed(frame))


def receive(source: socket.socket) -> Frame | None:
    """The next frame; None if the other side is gone."""
    lengths = _exactly(source, _LENGTHS.size)
    if lengths is None:
        return None
    header, body = _LENGTHS.unpack(lengths)
    content = _exactly(source, header + body)
    return None if content is None else _frame(content, header)


async def read(source: StreamReader) -> Frame | None:
    """As `receive`, in the front."""
    try:
        header, body = _LENGTHS.unpack(await source.readexactly(_LENGTHS.size))
        return _frame(await source.readexactly(header + body), header)
    except (IncompleteReadError, ConnectionError):
        return None


def _frame(content: bytes, header: int) -> Frame:
    return Frame(json.loads(content[:header]), content[header:])


def _exactly(source: socket.socket, count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        try:
            part = source.recv(min(count, 1 << 20))
        except ConnectionError:
            return None
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
