"""One training at a time in a run folder: a second one would write over the checkpoints of the first.

The folder itself is locked, so that nothing is left behind, however a process ends. Where the system or
the disk knows no such locks (Windows, some network drives), nothing is.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from seqloom.errors import UserError

try:
    import fcntl
except ModuleNotFoundError:
    fcntl = None


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Nobody else trains here meanwhile. Raises UserError if somebody does, or if there cannot be such a
    folder."""
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder}: this folder cannot be made: {error.strerror}. Choose another --out."
        ) from error
    try:
        with _locked(folder):
            yield
    finally:
        if made:
            with suppress(OSError):  # there is something in it
                folder.rmdir()


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    if fcntl is None:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"{folder}: another process trains here. Wait for its end, or choose another --out."
            ) from None
        except OSError:  # no locks on this disk
            pass
        yield
    finally:
        os.close(place)
