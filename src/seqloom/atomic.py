"""Files that are either the old one or the new one, whatever happens while they are written."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from seqloom.errors import UserError

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yields a name to write to; when the block ends well, that file takes the place of `path`.

    A crash or an error leaves what stood there. Raises UserError if the disk is full or closed to us.
    """
    part = path.with_name(f".{path.name}.part")
    with writing(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield part
            _sync(part)
            part.replace(path)
            _sync(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


@contextmanager
def writing(path: Path) -> Generator[None]:
    """A block that writes `path`: a full disk or a closed folder becomes a UserError."""
    try:
        yield
    except Exception as error:
        message = _explained(path, error)
        if message is None:
            raise
        raise UserError(message) from error


def _explained(path: Path, error: Exception) -> str | None:
    full = isinstance(error, OSError) and error.errno in FULL
    # safetensors reports the system's error as text only.
    if full or "No space left on device" in str(error) or "os error 28" in str(error):
        return (
            f"{path}: the disk is full, so nothing was saved; what stood there is unchanged. "
            "Free some space and resume."
        )
    if isinstance(error, PermissionError):
        return f"{path}: not allowed to write here. Choose another folder with --out."
    return None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
