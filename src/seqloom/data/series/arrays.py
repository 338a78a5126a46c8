"""numpy files -> arrays, one for each sequence; the first has the number 1.

.npy  [T] or [T, F]: one sequence; [N, T, F]: N of them
.npz  arrays 'points' [all T, F] and 'lengths' [N]: all sequences end to end; with the name of a part
      before them (train_points, train_lengths) several sets share a file; where there is only one
      set, it is every part. Without lengths each array is read as a .npy is.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.data.bad_rows import Place
from seqloom.data.sources.lines import check_readable
from seqloom.errors import UserError

_POINTS, _LENGTHS = "points", "lengths"
_DAMAGE = (
    ValueError, TypeError, OSError, EOFError, KeyError, RuntimeError, OverflowError, MemoryError,
    zipfile.BadZipFile, zlib.error, TokenError,
)  # fmt: skip
"""What numpy and the modules below it raise over a file that is cut off, altered or packed otherwise; a
header that promises more numbers than there is room for is a MemoryError."""


def read_arrays(path: str, part: str) -> Iterator[tuple[Place, NDArray[Any]]]:
    """The sequences and their numbers, not yet judged."""
    for number, values in enumerate(_cut(path, part), start=1):
        yield Place(path, number), values


def _cut(path: str, part: str) -> Iterator[NDArray[Any]]:
    arrays = load_arrays(path)
    points, lengths = _names(part)
    if part and {_POINTS, _LENGTHS} <= arrays.keys() and points not in arrays:
        points, lengths = _POINTS, _LENGTHS
    if points in arrays and lengths in arrays:
        yield from _by_lengths(path, arrays[points], arrays[lengths], lengths)
    elif part or any(name.endswith(f"_{_LENGTHS}") for name in arrays):
        raise UserError(
            f"{path}: must have arrays '{points}' and '{lengths}', but has {', '.join(arrays)}. "
            "Choose a part that is there."
        )
    else:
        for array in arrays.values():
            yield from array if array.ndim == 3 else [array]


def has_part(path: str, part: str) -> bool:
    """Whether a .npz file holds a set of that name."""
    return all(name in load_arrays(path) for name in _names(part))


def _names(part: str) -> tuple[str, str]:
    """Of a set's points and of their lengths."""
    prefix = f"{part}_" if part else ""
    return prefix + _POINTS, prefix + _LENGTHS


def _by_lengths(
    path: str, points: NDArray[Any], lengths: NDArray[Any], name: str
) -> Iterator[NDArray[Any]]:
    _check_lengths(path, lengths, name)
    if not points.ndim:
        raise UserError(
            f"{path}: the points that '{name}' cuts must be an array [points, features], but are a "
            "single number. Write the file again."
        )
    ends = np.cumsum(lengths, dtype=np.int64)
    if (lengths < 0).any() or (ends[-1] if len(ends) else 0) != len(points):
        raise UserError(
            f"{path}: '{name}' must add up to the {len(points)} points, but adds up to "
            f"{int(lengths.sum())}. Write the file again."
        )
    yield from np.split(points, ends[:-1]) if len(ends) else []


def _check_lengths(path: str, lengths: NDArray[Any], name: str) -> None:
    numbers = lengths.dtype.kind in "iufb"
    if not numbers or not np.isfinite(lengths).all() or (lengths % 1).any():
        shown = np.array2string(lengths.ravel()[:3], separator=", ", threshold=3)
        raise UserError(
            f"{path}: '{name}' must hold whole numbers, the length of each sequence, but begins with "
            f"{shown} ({lengths.dtype}). Write the file again."
        )


def load_arrays(path: str) -> dict[str, NDArray[Any]]:
    """All arrays of a .npy or .npz file by name. Pickled objects are refused: they are programs."""
    check_readable(path)
    try:
        # numpy leaves a file open that it cannot read, unless it is ours.
        with Path(path).open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"": loaded}
            with loaded:
                return {name: _array(loaded[name], name) for name in loaded.files}
    except _DAMAGE as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UserError(
            f"{path}: must be a numpy file of plain numbers, but cannot be read as one ({reason}). "
            "Save it with numpy.save or numpy.savez, without objects."
        ) from error


def _array(found: object, name: str) -> NDArray[Any]:
    """What numpy does not know as an array it hands on as bytes."""
    if not isinstance(found, np.ndarray):
        raise ValueError(f"'{name}' in it is no array")
    return found
