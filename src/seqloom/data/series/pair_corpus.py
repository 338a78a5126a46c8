"""A corpus with frames as sources: scaled once, kept on disk, memory-mapped. Of ids: data/corpus.py.

source.frames   float32, all sources end to end [all, F]
pairs.npz       source_offsets, target_offsets (one more than there are pairs), target_ids and F;
                written last, so a folder that has it is whole
"""

import errno
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from seqloom.atomic import replacing
from seqloom.data.corpus import Integers, Side
from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals

_FRAMES, _PAIRS = "source.frames", "pairs.npz"


@dataclass(frozen=True, slots=True, eq=False)
class SeriesCorpus:
    """Pairs reached by their position. Links there are none."""

    frames: Reals
    offsets: NDArray[np.int64]
    target: Side
    links: None = None

    @classmethod
    def write(cls, folder: Path, pairs: Iterable[tuple[Reals, Sequence[int]]], width: int) -> Self:
        """Write pairs as they come, frames of so many features, and open them."""
        folder.mkdir(parents=True, exist_ok=True)
        source, target, ids = array("q", [0]), array("q", [0]), array("q")
        try:
            (folder / _PAIRS).unlink(missing_ok=True)
            with replacing(folder / _FRAMES) as part, part.open("wb") as file:
                for frames, own in pairs:
                    file.write(np.ascontiguousarray(frames, dtype="<f4").tobytes())
                    source.append(source[-1] + len(frames))
                    ids.extend(own)
                    target.append(len(ids))
            with replacing(folder / _PAIRS) as part, part.open("wb") as file:
                np.savez(
                    file, source_offsets=source, target_offsets=target, target_ids=ids, width=width
                )
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise UserError(
                f"{folder}: the disk is full, so the corpus could not be written. Free some space or "
                "choose a folder on another disk."
            ) from error
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        with np.load(folder / _PAIRS) as found:
            source, target, ids, width = (
                found[name] for name in ("source_offsets", "target_offsets", "target_ids", "width")
            )
        path = folder / _FRAMES
        shape = (-1, int(width))
        frames = np.memmap(path, "<f4", "r") if path.stat().st_size else np.zeros(0, np.float32)
        return cls(frames.reshape(shape), source, Side(ids, target))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def source_lengths(self, start: int, stop: int) -> Ids:
        return np.diff(self.offsets[start : stop + 1])

    def target_lengths(self, start: int, stop: int) -> Ids:
        return self.target.lengths(start, stop)

    def pair(self, index: int) -> tuple[Reals, Integers]:
        """Frames [S, F] and target ids, as read-only views."""
        return self.frames[self.offsets[index] : self.offsets[index + 1]], self.target[index]
