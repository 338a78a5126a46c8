"""Files -> raw pairs, each with its place and not yet judged.

    .jsonl, .ndjson  an object a line: {"source": [[0.1, 0.2], ...], "target": "a text"}
    .npz             arrays source_points [all S, F] and source_lengths [N] of a series, or
                     source_texts [N] of a text; and the same for the target
    .tsv             source <tab> target, where a series is the name of a .npy file, counted from the
                     folder of the .tsv
    A,B              two files of series (see `frames`), as many in one as in the other

The names 'source' and 'target' can be others.
"""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from seqloom.data.bad_rows import Fault, Place
from seqloom.data.series.arrays import load_arrays, read_arrays
from seqloom.data.series.frames import JSONL, Limits, raw_frames
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.errors import UserError


class Raw(NamedTuple):
    """A pair as a file has it."""

    place: Place
    source: object
    target: object


class Columns(NamedTuple):
    """How the two sides are called in the files, and which of them are texts."""

    source: str
    target: str
    source_text: bool
    target_text: bool


def read_raw(path: str, columns: Columns, max_line_bytes: int) -> Iterator[Raw | Fault]:
    """Every pair of a file."""
    if path.endswith(JSONL) and "," not in path:
        return _from_jsonl(path, columns, max_line_bytes)
    if path.endswith((".tsv", ".tsv.gz")):
        return _from_tsv(path, columns, max_line_bytes)
    if "," in path:
        return _from_two(path, max_line_bytes)
    if path.endswith(".npz"):
        return _from_npz(path, columns)
    raise UserError(
        f"{path}: pairs must be in a file that ends in .jsonl, .ndjson, .npz or .tsv, or in two files "
        "'SOURCE,TARGET', but this is neither. Rename or convert it."
    )


def _from_jsonl(path: str, columns: Columns, max_line_bytes: int) -> Iterator[Raw | Fault]:
    for found in raw_frames(path, Limits(max_line_bytes=max_line_bytes), "", ""):
        if isinstance(found, Fault):
            yield found
            continue
        place, value = found
        missing = _missing(value, columns)
        if missing is None:
            assert isinstance(value, dict)
            yield Raw(place, value[columns.source], value[columns.target])
        else:
            reason = f"must be an object with the key '{missing}', but has none."
            yield Fault(place, reason, "Mend the row.", str(value)[:1000])


def _missing(value: object, columns: Columns) -> str | None:
    names = (columns.source, columns.target)
    return next((n for n in names if not isinstance(value, dict) or n not in value), None)


def _from_tsv(path: str, columns: Columns, max_line_bytes: int) -> Iterator[Raw | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, max_line_bytes):
            yield line if isinstance(line, Fault) else _row(line, columns)


def _row(line: Line, columns: Columns) -> Raw | Fault:
    fields = line.text.split("\t")
    if len(fields) != 2:
        reason = f"expected 2 columns (source, target), but found {len(fields)}."
        return Fault(line.place, reason, "Mend the row.", line.text)
    folder = Path(line.place.path).parent
    try:
        source, target = (
            field if text else _array_of(folder, field)
            for field, text in zip(fields, (columns.source_text, columns.target_text), strict=True)
        )
    except UserError as error:
        return Fault(line.place, str(error), "", line.text)
    return Raw(line.place, source, target)


def _array_of(folder: Path, name: str) -> object:
    """The one array of a .npy file, which must lie in the folder or below."""
    path = folder / name
    if not name.endswith(".npy") or not path.resolve().is_relative_to(folder.resolve()):
        raise UserError(
            f"a series must be the name of a .npy file in '{folder}' or below, but is '{name}'."
        )
    arrays = load_arrays(str(path))
    if "" not in arrays:
        raise UserError(f"'{name}' must hold one array, as a .npy file does, but holds several.")
    return arrays[""]


def _from_two(path: str, max_line_bytes: int) -> Iterator[Raw | Fault]:
    paths = [part.strip() for part in path.split(",")]
    if len(paths) != 2:
        raise UserError(
            f"{path}: pairs are in two files 'SOURCE,TARGET', but here are {len(paths)}."
        )
    limits = Limits(max_line_bytes=max_line_bytes)
    sides = (raw_frames(each, limits, "", "") for each in paths)
    for number, (source, target) in enumerate(zip_longest(*sides), start=1):
        if source is None or target is None:
            longer, shorter = paths if target is None else reversed(paths)
            raise UserError(
                f"{longer}:{number}: both files must have as many series, but {shorter} has "
                f"{number - 1}. Are these two files of one set?"
            )
        fault = next((each for each in (source, target) if isinstance(each, Fault)), None)
        yield fault or Raw(source[0], source[1], target[1])  # pyright: ignore


def _from_npz(path: str, columns: Columns) -> Iterator[Raw | Fault]:
    arrays = load_arrays(path)
    source = _side(path, arrays, columns.source, columns.source_text)
    target = _side(path, arrays, columns.target, columns.target_text)
    if len(source) != len(target):
        raise UserError(
            f"{path}: both sides must have as many records, but '{columns.source}' has {len(source)} "
            f"and '{columns.target}' has {len(target)}. Write the file again."
        )
    for number, (first, second) in enumerate(zip(source, target, strict=True), start=1):
        yield Raw(Place(path, number), first, second)


def _side(path: str, arrays: dict[str, Any], name: str, text: bool) -> list[Any]:
    if not text:
        return [values for _, values in read_arrays(path, name)]
    if (found := arrays.get(f"{name}_texts")) is None or found.dtype.kind != "U":
        raise UserError(
            f"{path}: must have texts '{name}_texts', but has {', '.join(arrays)}. "
            "Save an array of strings under that name."
        )
    return found.ravel().tolist()
