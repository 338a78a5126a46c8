"""A corpus on disk: pairs of id sequences, encoded once and memory-mapped from then on.

A corpus larger than memory is written in one pass and read through the page cache, so that what a
process holds does not grow with the corpus. A folder has five files:

    source.ids      all source sequences end to end: uint16, int32 for ids above 65,535, int64 above those
    source.offsets  int64, one more than there are pairs: pair i is ids[offsets[i] : offsets[i + 1]]
    target.ids, target.offsets
    links.ids, links.offsets   only where alignments are given: for each pair source and target
                    positions in turn, as (0, 0, 1, 2) for 0-0 1-2
    corpus.json     counts, written last: a folder without it was never finished

Sequences are kept exactly as given, so whoever writes them puts <eos> at the end.
"""

import errno
import json
import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError

Integers: TypeAlias = NDArray[np.integer[Any]]

_FORMAT = 1
_SUMMARY = "corpus.json"
_SIDES = ("source", "target")
_LINKS = "links"
_PART = ".part"
_OFFSET = np.dtype("<i8")
_BUFFERED = 1 << 16
"""Ids kept in memory before they are appended to the file."""


@dataclass(frozen=True, slots=True)
class Side:
    """All sequences of one side, as arrays over the mapped files."""

    ids: Integers
    offsets: NDArray[np.int64]

    def __getitem__(self, index: int) -> Integers:
        return self.ids[self.offsets[index] : self.offsets[index + 1]]

    def lengths(self, start: int, stop: int) -> NDArray[np.int64]:
        return np.diff(self.offsets[start : stop + 1])


@dataclass(frozen=True, slots=True)
class Corpus:
    """Pairs on disk, reached by their position."""

    folder: Path
    source: Side
    target: Side
    links: Side | None = None

    @classmethod
    def write(
        cls,
        folder: Path,
        pairs: Iterable[tuple[Sequence[int], ...]],
        source_vocabulary: int,
        target_vocabulary: int,
        longest: int = 0,
    ) -> Self:
        """Append `pairs` to new files as they come, and open them. A corpus that was in the folder
        stays whole until the new one is complete. Raises UserError if the disk is full.

        longest  above 0 each pair has its links too, all positions below that
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sizes = {"source": source_vocabulary, "target": target_vocabulary}
            _write(folder, pairs, {**sizes, _LINKS: longest} if longest else sizes)
        except OSError as error:
            _remove_parts(folder)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise UserError(
                f"{folder}: the disk is full, so the encoded corpus could not be written. "
                "Free some space or choose a folder on another disk."
            ) from error
        except BaseException:
            _remove_parts(folder)
            raise
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map the files of a finished corpus. Raises UserError if they are missing or cut short."""
        summary = _read_summary(folder)
        try:
            source, target, *links = (
                _open_side(folder, side, summary[side], int(summary["pairs"]))
                for side in (*_SIDES, *({_LINKS} & {*summary}))
            )
        except (KeyError, TypeError, ValueError, FileNotFoundError) as error:
            raise _unfinished(folder, f"its files do not agree with {_SUMMARY}") from error
        return cls(folder, source, target, *links)

    def __len__(self) -> int:
        return len(self.source.offsets) - 1

    def source_lengths(self, start: int, stop: int) -> NDArray[np.int64]:
        return self.source.lengths(start, stop)

    def target_lengths(self, start: int, stop: int) -> NDArray[np.int64]:
        return self.target.lengths(start, stop)

    def pair(self, index: int) -> tuple[Integers, Integers]:
        """Source and target ids as read-only views of the files."""
        return self.source[index], self.target[index]

    @property
    def num_tokens(self) -> int:
        """Source plus target ids."""
        return len(self.source.ids) + len(self.target.ids)

    @property
    def num_bytes(self) -> int:
        """Size on disk, the few lines of the summary aside."""
        sides = (self.source, self.target)
        return sum(side.ids.nbytes + side.offsets.nbytes for side in sides)


class _Writer:
    """Appends the sequences of one side, holding no more than a buffer of them."""

    def __init__(self, folder: Path, side: str, vocabulary: int, files: ExitStack) -> None:
        self.vocabulary = vocabulary
        sizes = {"<u2": 1 << 16, "<i4": 1 << 31}
        self.dtype = np.dtype(next((d for d, most in sizes.items() if vocabulary <= most), "<i8"))
        self.tokens = 0
        self.ids = array("q")
        self.offsets = array("q", [0])
        self.ids_file = files.enter_context(_part(folder, f"{side}.ids").open("wb"))
        self.offsets_file = files.enter_context(_part(folder, f"{side}.offsets").open("wb"))

    def append(self, sequence: Sequence[int]) -> None:
        self.ids.extend(sequence)
        self.tokens += len(sequence)
        self.offsets.append(self.tokens)
        if len(self.ids) + len(self.offsets) >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        ids = np.array(self.ids, dtype=np.int64)
        known = (ids >= 0) & (ids < self.vocabulary)
        assert known.all(), f"id {ids[~known][0]} is not in a vocabulary of {self.vocabulary}"
        self.ids_file.write(ids.astype(self.dtype).tobytes())
        self.offsets_file.write(np.array(self.offsets, dtype=_OFFSET).tobytes())
        del self.ids[:], self.offsets[:]

    def finish(self) -> dict[str, int | str]:
        """Bring everything to the disk; the returned counts say what is there."""
        self.flush()
        _sync(self.ids_file)
        _sync(self.offsets_file)
        return {"tokens": self.tokens, "vocabulary": self.vocabulary, "dtype": self.dtype.str}


def _write(
    folder: Path,
    pairs: Iterable[tuple[Sequence[int], ...]],
    vocabularies: Mapping[str, int],
) -> None:
    with ExitStack() as files:
        writers = [
            _Writer(folder, side, vocabulary, files) for side, vocabulary in vocabularies.items()
        ]
        num_pairs = 0
        for pair in pairs:
            for writer, sequence in zip(writers, pair, strict=True):
                writer.append(sequence)
            num_pairs += 1
        sides = {side: writer.finish() for side, writer in zip(vocabularies, writers, strict=True)}
    with _part(folder, _SUMMARY).open("wb") as file:
        file.write(json.dumps({"format": _FORMAT, "pairs": num_pairs, **sides}).encode())
        _sync(file)
    _publish(folder, vocabularies)


def _publish(folder: Path, sides: Iterable[str]) -> None:
    """Give the files their names, the summary last: a crash on the way leaves no summary, and never
    one that describes other files."""
    (folder / _SUMMARY).unlink(missing_ok=True)
    for name in (*_data_files(sides), _SUMMARY):
        _part(folder, name).replace(folder / name)


def _data_files(sides: Iterable[str]) -> list[str]:
    return [f"{side}.{what}" for side in sides for what in ("ids", "offsets")]


def _part(folder: Path, name: str) -> Path:
    return folder / (name + _PART)


def _remove_parts(folder: Path) -> None:
    for name in (*_data_files((*_SIDES, _LINKS)), _SUMMARY):
        with suppress(OSError):  # what stopped the writing is what the user should hear of
            _part(folder, name).unlink()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _read_summary(folder: Path) -> dict[str, Any]:
    try:
        summary: dict[str, Any] = json.loads((folder / _SUMMARY).read_bytes())
        version = summary["format"]
    except FileNotFoundError:
        raise _unfinished(folder, f"it has no {_SUMMARY}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise _unfinished(folder, f"its {_SUMMARY} cannot be read") from error
    if version != _FORMAT:
        raise UserError(
            f"{folder}: an encoded corpus must have format {_FORMAT} for this version of seqloom, "
            f"but it has format {version}. Delete the folder and it will be made again."
        )
    return summary


def _open_side(folder: Path, side: str, counts: dict[str, Any], num_pairs: int) -> Side:
    return Side(
        ids=_map(folder / f"{side}.ids", np.dtype(counts["dtype"]), int(counts["tokens"])),
        offsets=_map(folder / f"{side}.offsets", _OFFSET, num_pairs + 1),
    )


def _map(path: Path, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
    """The file as an array. Plain ndarray, since slicing a memmap costs several times as much."""
    if path.stat().st_size != count * dtype.itemsize:
        raise ValueError(f"{path} is not {count} values long")
    if count == 0:  # an empty file cannot be mapped
        return np.empty(0, dtype)
    return np.memmap(path, dtype, mode="r").view(np.ndarray)


def _unfinished(folder: Path, finding: str) -> UserError:
    return UserError(
        f"{folder}: an encoded corpus must be whole, but {finding}: writing it was cut short. "
        "Delete the folder and it will be made again."
    )
