"""`seqloom predict` for converters of frames: what comes after the last row of a table, or what a sequence
becomes."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

import typer

from seqloom.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seqloom.api import AnyModel
    from seqloom.converter import Converter
    from seqloom.data.bad_rows import BadRows
    from seqloom.data.frames.conversion import Conversion


def is_converter(model: "AnyModel") -> "TypeGuard[Converter]":
    """Told by its recipe: importing the class would need torch, which other models may do without."""
    return model.recipe.family == "frames"


def predict_frames(
    converter: "Converter",
    file: str,
    output: Path | None,
    *,
    at: str | None = None,
    samples: int = 200,
    seed: int = 1,
    attention: bool = False,
    bad: "BadRows | None" = None,
) -> list[Path]:
    """Answer every sequence of a file; without `output` as JSON lines on standard output. Which files there
    are now."""
    from seqloom.data.frames.write import jsonl

    if file == "-":
        raise UserError(
            "Frames are read from a file (.csv, .parquet, .jsonl, .npy, .npz, .wav), but none is named. "
            "Name one: seqloom predict RUN FILE."
        )
    if output is not None:
        check_name(output, converter.run.setting.target.width)
    if output is not None and output.suffix == ".png":
        explanation = converter.explain(file, at=at, samples=samples, seed=seed, bad=bad)
        explanation.png(output)
        typer.echo(
            f"Note: a picture shows one answer, here that of record {explanation.answer.number}.",
            err=True,
        )
        return [output]
    answers = converter.predict(file, at=at, samples=samples, seed=seed, bad=bad)
    if output is None:
        for answer in answers:
            typer.echo(jsonl(answer, attention), nl=False)
        return []
    if not answers:
        raise UserError(f"{file}: there is nothing to answer. Give at least one good sequence.")
    written = write(output, answers)
    if len(written) > 1:
        typer.echo(f"Wrote {written[0]} to {written[-1].name}, a file for each answer.", err=True)
    return written


def check_name(output: Path, width: int) -> None:
    """Raises UserError, before anything is answered, if frames of that width cannot be written under this
    name."""
    from seqloom.data.frames.voices import check_sound
    from seqloom.data.frames.write import check_ending

    if output.suffix == ".wav":
        check_sound(output, width)
    elif output.suffix != ".png":
        check_ending(output)


def write(output: Path, answers: "Sequence[Conversion]") -> list[Path]:
    """By the ending of the file's name; of several answers each sound gets the number of its record. Which
    files there are now."""
    from seqloom.data.frames.voices import wav_of_frames
    from seqloom.data.frames.write import write_answers

    if output.suffix != ".wav":
        write_answers(output, answers)
        return [output]
    output.parent.mkdir(parents=True, exist_ok=True)
    several = len(answers) > 1
    names = [
        output.with_stem(f"{output.stem}-{each.number}") if several else output for each in answers
    ]
    for answer, name in zip(answers, names, strict=True):
        wav_of_frames(answer.frames, name)
    return names
