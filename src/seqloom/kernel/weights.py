"""A safetensors file as arrays that are read from it when they are looked at.

    8 bytes: the size of the header | the header, JSON | the numbers

Nothing is copied: the arrays are the file's memory, and the kernel gives its pages back as it goes, so
that the whole of the weights never is in memory beside what is packed of them.
"""

import json
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError

_KINDS = {"F32": np.float32, "I8": np.int8, "F64": np.float64, "F16": np.float16, "I64": np.int64}


class WeightsFile(mmap):
    """The memory of such a file."""


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a file by name. Raises UserError if it is not whole."""
    try:
        with path.open("rb") as file:
            memory = WeightsFile(file.fileno(), 0, access=ACCESS_READ)
        size = int.from_bytes(memory[:8], "little")
        header: dict[str, Any] = json.loads(memory[8 : 8 + size])
        header.pop("__metadata__", None)
        return {name: _array(memory, 8 + size, about) for name, about in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UserError(
            f"{path}: not a whole safetensors file ({error}). Copy the file again, or export the run "
            "again."
        ) from error


def lies_in_a_file(array: NDArray[Any]) -> bool:
    """Whether its memory is that of a WeightsFile, untouched."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base.obj if isinstance(base, memoryview) else base, WeightsFile)


def _array(memory: WeightsFile, start: int, about: dict[str, Any]) -> NDArray[Any]:
    kind, shape = _KINDS[about["dtype"]], about["shape"]
    first, last = about["data_offsets"]
    count = int(np.prod(shape, dtype=np.int64))
    if last - first != count * np.dtype(kind).itemsize:
        raise ValueError("a size that does not fit its shape")
    return np.frombuffer(memory, kind, count, start + first).reshape(shape)
