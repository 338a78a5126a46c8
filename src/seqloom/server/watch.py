"""Whether the files of a model have changed."""

from collections.abc import Iterable
from pathlib import Path

Look = tuple[tuple[str, int, int], ...]
"""Of each file its path, when it was written, and its size."""

_FILES = ("run.json", "export.json", "config.yaml", "weights.safetensors", "*.onnx", "tokenizer/*")


def look(folders: Iterable[Path]) -> Look:
    """How the files are now; those that vanish meanwhile are left out."""
    paths = sorted(path for folder in folders for name in _FILES for path in folder.glob(name))
    return tuple(seen for path in paths if (seen := _seen(path)) is not None)


class Watch:
    """Asked again and again, says once when there is something new that is no longer growing."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._known = self._last = look(self._folders)

    def changed(self) -> bool:
        """Whether the files are new, and as they were at the last look."""
        now = look(self._folders)
        settled = now == self._last
        self._last = now
        if not now or not settled or now == self._known:
            return False
        self._known = now
        return True


def _seen(path: Path) -> tuple[str, int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return str(path), about.st_mtime_ns, about.st_size
