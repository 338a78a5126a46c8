"""Files of frames and strokes on the command line."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from seqloom.cli.scale import Scale
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.data.bad_rows import BadRows
    from seqloom.data.example import Example
    from seqloom.model import Model


def series_sources(file: str, model: "Model", bad: "BadRows | None" = None) -> "Iterator[Example]":
    """What a file asks a model that reads frames or strokes."""
    if file == "-":
        kinds = ".jsonl, .npy, .npz" + (
            ", .wav" if model.recipe.source.kind == "frames" else ", .inkml, .svg"
        )
        raise UserError(
            f"This model reads {model.recipe.source.kind} from a file ({kinds}), but none is named. Name "
            "one: seqloom predict RUN FILE."
        )
    from seqloom.data.series.reader import Reader
    from seqloom.data.series.sources import read_series_sources

    reader = model.codec.series
    found = read_series_sources(file, model.recipe, bad, reader.width if reader else None)
    if isinstance(reader, Reader) and reader.settings.kind == "strokes":
        return _drawings(found, Scale(reader.scaler))
    return found


def _drawings(examples: "Iterator[Example]", scale: Scale) -> "Iterator[Example]":
    """The same; a note at the end tells of those of another size."""
    try:
        for example in examples:
            if example.frames is not None:
                scale.add(example.origin, example.frames)
            yield example
    finally:
        scale.tell()


def series_example(file: str, model: "Model", at: str | None) -> "Example":
    """One record of a file: the first one, or number `at`, counted from 1."""
    if at is not None and not (at.isdecimal() and int(at) > 0):
        raise UserError(f"--at must be the number of a record, counted from 1, but is {at!r}.")
    from seqloom.data.bad_rows import PassedOver

    number, bad = int(at or 1), PassedOver()
    found = next(islice(series_sources(file, model, bad), number - 1, None), None)
    if found is None:
        raise UserError(f"{file}: has no record number {number}. Give a smaller --at.")
    if found.frames is None:
        raise bad.faults[-1].error(skippable=False)
    return found
