"""Files -> sequences of frames, each an array [T, F] of float32, with its place.

    .jsonl, .ndjson  one sequence a line: [[1.0, 2.0], [3.0, 4.0]], or [1.0, 3.0] where F is 1; or an
                     object that holds such an array under a key
    .npy, .npz       see `arrays`

The place of a sequence is its line; in arrays its number, the first is 1. A sequence that cannot be
used becomes a `Fault` in its place, and what is wrong with a file is raised.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.series.arrays import read_arrays
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

JSONL = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """One sequence [T, F] and where it came from."""

    values: Reals
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a sequence may be.

    longest         frames at most
    width           features of a frame; if not given, those of the first good sequence
    max_line_bytes  of a JSONL line
    """

    longest: int = 10_000
    width: int | None = None
    max_line_bytes: int = 50_000_000


def read_frames(
    path: str, limits: Limits, *, key: str = "", part: str = "", bad: BadRows | None = None
) -> Iterator[Frames]:
    """The good sequences of a file; the others are raised or set aside.

    key   of the array in each object of a JSONL file
    part  of an .npz file that has several
    """
    width = limits.width
    for found in raw_frames(path, limits, key, part):
        judged = found if isinstance(found, Fault) else judge(*found, limits.longest, width)
        if isinstance(judged, Fault):
            settle(judged, bad)
            continue
        width = judged.values.shape[1]
        yield judged


def judge(
    place: Place,
    sequence: object,
    longest: int,
    width: int | None = None,
    limit: str = "data.max_source",
) -> Frames | Fault:
    """A sequence of numbers, or of lists of numbers, as frames. Every rule that frames obey is here.

    limit  the setting that `longest` comes from
    """
    try:
        values = _array(sequence)
        _check_shape(values, width)
        found = Frames(_finite(values), place)
    except UserError as error:
        return Fault(place, str(error), "Mend the sequence.", _shown(sequence))
    if len(values) > longest:
        reason = f"a sequence may have {longest} frames, but this one has {len(values)}."
        return Fault(place, reason, f"Shorten it, or raise {limit}.", _shown(sequence))
    return found


def raw_frames(
    path: str, limits: Limits, key: str, part: str, also: Sequence[str] = ()
) -> Iterator[tuple[Place, object] | Fault]:
    """The sequences of a file, not yet judged; of JSONL without a key whatever a line holds.

    also  endings of files that are read elsewhere, for the message
    """
    if path.endswith(JSONL):
        return _from_jsonl(path, limits.max_line_bytes, key)
    if path.endswith((".npy", ".npz")):
        return read_arrays(path, part)
    endings = ", ".join((".jsonl", ".ndjson", ".npy", ".npz", *also))
    raise UserError(
        f"{path}: must end in one of {endings}, but does not. Rename or convert it; columns of .csv and "
        ".parquet are read as windows, by recipes such as forecast."
    )


def _from_jsonl(path: str, limit: int, key: str) -> Iterator[tuple[Place, object] | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, limit):
            if isinstance(line, Fault):
                yield line
                continue
            try:
                yield line.place, _parsed(line, key)
            except UserError as error:
                yield Fault(line.place, str(error), "Mend the row.", line.text)


def _parsed(line: Line, key: str) -> object:
    try:
        value: Any = json.loads(line.text)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at character {error.pos + 1}"
        raise UserError(f"must be valid JSON, but is not ({where}).") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"must be JSON of a usable size, but is not ({error}).") from error
    if not key:
        return value
    if not isinstance(value, dict) or key not in value:
        raise UserError(f"must be an object with the key '{key}', but has none.")
    return value[key]


def _array(sequence: object) -> NDArray[np.float64]:
    """[T, F], or raises."""
    if isinstance(sequence, list):
        _check_lists(sequence)
    elif not isinstance(sequence, np.ndarray):
        raise UserError("must be an array of frames, but is none.")
    values: NDArray[Any] = np.asarray(sequence)
    if values.dtype.kind not in "iufb":
        raise UserError("frames must hold numbers only, but one holds something else.")
    return (values[:, None] if values.ndim == 1 else values).astype(np.float64)


def _check_lists(frames: list[Any]) -> None:
    """Every frame a list as long as the first one, or every frame a number."""
    first = frames[0] if frames else 0.0
    for number, frame in enumerate(frames, start=1):
        if isinstance(first, list) != isinstance(frame, list):
            raise UserError(
                f"frames must be all lists or all numbers, but frame {number} is unlike the first."
            )
        if isinstance(first, list) and len(frame) != len(first):
            raise UserError(
                f"frame {number}: must have {len(first)} features like the first one, "
                f"but has {len(frame)}."
            )
        for value in frame if isinstance(frame, list) else [frame]:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise UserError(
                    f"frame {number}: must hold numbers only, but holds {_kind(value)}."
                )


def _check_shape(values: NDArray[np.float64], width: int | None) -> None:
    if values.ndim != 2:
        raise UserError(f"must have frames and features, but has {values.ndim} dimensions.")
    if values.size == 0:
        raise UserError("the sequence must not be empty, but is.")
    if width is not None and values.shape[1] != width:
        raise UserError(f"a frame must have {width} features, but these have {values.shape[1]}.")


def _finite(values: NDArray[np.float64]) -> Reals:
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    wrong = np.argwhere(~np.isfinite(single))
    if len(wrong):
        frame, feature = wrong[0].tolist()
        raise UserError(
            f"frame {frame + 1}, feature {feature + 1}: must be a finite number of usual size, "
            f"but is {values[frame, feature]}."
        )
    return single


def _kind(value: object) -> str:
    if isinstance(value, str | bool | None):
        return json.dumps(value)
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"


def _shown(sequence: object) -> str:
    """Enough of it for the side file."""
    if isinstance(sequence, np.ndarray):
        return f"array {sequence.shape} of {sequence.dtype}"
    return str(sequence[:100] if isinstance(sequence, list) else sequence)[:1000]
