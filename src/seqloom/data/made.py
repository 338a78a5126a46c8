"""Data that takes long to make is made once, into a folder, and used again from there.

    manifest.json           what it was made from: settings, seed, versions of what made it
    train.npz, dev.npz, test.npz   pairs, as `read_frame_pairs` reads them

The folder is used again if its manifest has the same settings, whatever the versions: what is there need
not be makeable here. Otherwise it is made anew. Half-made folders know that they are.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from seqloom.atomic import replacing
from seqloom.data.by_hash import PARTS, Part
from seqloom.data.series.frame_pairs import write_frame_pairs
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

Pair = tuple[Reals | str, Reals | str]
ItemT = TypeVar("ItemT")
Report = Callable[[int, int], None]
"""Is told how much is done, and of how much."""

NAMES = ("source", "target")
_MANIFEST = "manifest.json"
_FORMAT = 1


def kept(
    folder: Path,
    settings: Mapping[str, Any],
    counts: Mapping[Part, int],
    make: Callable[[Part, int], Iterable[Pair]],
    versions: Callable[[], Mapping[str, str]] = dict,
    report: Report | None = None,
) -> dict[Part, str]:
    """The file of each part that has pairs.

    settings  all that the pairs depend on, as JSON has it
    make      the pairs of a part, so many of them
    versions  asked for only if something is made
    """
    wanted = json.loads(json.dumps({"format": _FORMAT, "counts": counts, "settings": settings}))
    files: dict[Part, Path] = {part: folder / f"{part}.npz" for part in PARTS if counts.get(part)}
    manifest = _manifest(folder)
    same = manifest == {**manifest, "whole": True, **wanted}
    if not same or not all(path.is_file() for path in files.values()):
        wanted["versions"] = dict(versions())
        _write(folder, {"whole": False, **wanted})
        _make(files, counts, make, report or silent)
        _write(folder, {"whole": True, **wanted})
    return {part: str(path) for part, path in files.items()}


def _make(
    files: Mapping[Part, Path],
    counts: Mapping[Part, int],
    make: Callable[[Part, int], Iterable[Pair]],
    report: Report,
) -> None:
    done, total = 0, sum(counts[part] for part in files)
    report(done, total)
    for part, path in files.items():
        pairs = make(part, counts[part])
        write_frame_pairs(path, counted(pairs, done, total, report), NAMES)
        done += counts[part]


def counted(items: Iterable[ItemT], done: int, total: int, report: Report) -> Iterator[ItemT]:
    """The items as they are, each reported; `done` of the total were made before them."""
    for number, item in enumerate(items, start=1):
        yield item
        report(done + number, total)


def silent(_done: int, _total: int) -> None:
    """Tells no one."""


def _manifest(folder: Path) -> dict[str, Any]:
    """Empty where nothing was made yet. Raises UserError for a folder that is someone else's."""
    path = folder / _MANIFEST
    if folder.exists() and not folder.is_dir():
        raise UserError(
            f"{folder}: must be a folder to keep data in, but is a file. Choose another."
        )
    if not path.exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise UserError(
                f"{folder}: data is kept in a folder of its own, but this one has files that were not "
                "made here. Choose another, or a new one."
            )
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(folder: Path, manifest: Mapping[str, Any]) -> None:
    with replacing(folder / _MANIFEST) as part:
        part.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
