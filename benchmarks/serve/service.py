"""A running `seqloom serve`, its processes and their memory."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Service:
    """cold  seconds from the start until it was ready"""

    process: subprocess.Popen[bytes]
    port: int
    cold: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[int]:
        """Process ids of those that answer: the children of the nursery, the front's child."""
        return [pid for nursery in children(self.process.pid) for pid in children(nursery)]

    @property
    def rss(self) -> int:
        """Bytes of all processes; what they share is counted once for each."""
        nurseries = children(self.process.pid)
        return sum(map(_rss, [self.process.pid, *nurseries, *self.workers]))

    def kill_a_worker(self) -> None:
        os.kill(self.workers[0], signal.SIGKILL)


@contextmanager
def running(*arguments: str | Path, port: int = 0) -> Generator[Service]:
    """Start it with run folders and options, wait until it is ready, and stop it as a service
    manager would. Port 0 takes a free one."""
    port = port or _free_port()
    command = [str(Path(sys.executable).parent / "seqloom"), "serve", *map(str, arguments)]
    command += ["--port", str(port)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield Service(process, port, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait()


def children(pid: int) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[1]) == pid and after[0] != "Z":
            found.append(int(entry.parent.name))
    return sorted(found)


def _rss(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        if process.poll() is not None:
            raise RuntimeError("seqloom serve ended before it was ready")
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError("seqloom serve was not ready in time")
