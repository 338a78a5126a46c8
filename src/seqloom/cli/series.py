"""Files of frames and strokes on the command line."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.data.bad_rows import BadRows
    from seqloom.data.example import Example
    from seqloom.model import Model


def series_sources(file: str, model: "Model", bad: "BadRows | None" = None) -> "Iterator[Example]":
    """What a file asks a model that reads frames or strokes."""
    from seqloom.data.series.sources import read_series_sources

    if file == "-":
        kinds = ".jsonl, .npy, .npz" + (
            ", .wav" if model.recipe.source.kind == "frames" else ", .inkml, .svg"
        )
        raise UserError(
            f"This model reads {model.recipe.source.kind} from a file ({kinds}), but none is named. Name "
            "one: seqloom predict RUN FILE."
        )
    reader = model.codec.series
    return read_series_sources(file, model.recipe, bad, reader.width if reader else None)


def series_example(file: str, model: "Model", at: str | None) -> "Example":
    """One record of a file: the first one, or number `at`, counted from 1."""
    if at is not None and not (at.isdecimal() and int(at) > 0):
        raise UserError(f"--at must be the number of a record, counted from 1, but is {at!r}.")
    number = int(at or 1)
    found = next(islice(series_sources(file, model), number - 1, None), None)
    if found is None:
        raise UserError(f"{file}: has no record number {number}. Give a smaller --at.")
    return found
