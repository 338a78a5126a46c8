"""A converter's answers into files, by the ending of their name.

    .jsonl  an object a line: number of the record answered, frames, scale, quantiles, and names, dates and
            attention where there are any
    .csv    a row for each frame: number of the record answered, step or date, and for each feature what
            is written, its scale and its quantiles, as OT, OT_scale, OT_q0.05, ...
    .npz    frames_points [all T, G] and frames_lengths [N]; the same of the scale and of each quantile;
            records [N], and attention_0, attention_1, ... of the answers
    .npy    the frames alone: [N, T, G], or [T, G] of one answer; all of one length

Sizes: N answers, T frames, G features.
"""

import csv
import json
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import numpy as np

from seqloom.atomic import replacing
from seqloom.data.frames.conversion import Conversion
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

ENDINGS = (".jsonl", ".csv", ".npz", ".npy")


def check_ending(path: Path) -> None:
    """Raises UserError for an ending that is none of these."""
    if path.suffix not in ENDINGS:
        raise UserError(
            f"{path}: answers are written to files that end in {', '.join(ENDINGS)}, .png or .wav, "
            "but this one does not. Choose another name."
        )


def jsonl(answer: Conversion, attention: bool = False) -> str:
    """One line."""
    return json.dumps(answer.record(attention), ensure_ascii=False) + "\n"


def write_answers(path: Path, answers: Sequence[Conversion]) -> None:
    """Into one file, whole or not at all. Raises UserError for an ending that is none of these."""
    check_ending(path)
    writers: dict[str, Callable[[Path, Sequence[Conversion]], None]] = {
        ".jsonl": _jsonl,
        ".csv": _csv,
        ".npz": _npz,
        ".npy": _npy,
    }
    with replacing(path) as part:
        try:
            writers[path.suffix](part, answers)
        except UserError as error:
            raise UserError(f"{path}: {error}") from error


def _jsonl(path: Path, answers: Sequence[Conversion]) -> None:
    text = "".join(jsonl(answer, attention=True) for answer in answers)
    path.write_text(text, encoding="utf-8")


def _csv(path: Path, answers: Sequence[Conversion]) -> None:
    out = StringIO(newline="")
    writer = csv.writer(out)
    first = answers[0]
    names = first.names or [f"feature_{n + 1}" for n in range(first.frames.shape[1])]
    parts = ["", "_scale", *(f"_q{level:g}" for level in first.quantiles)]
    dated = "time" if first.times else "step"
    writer.writerow(["record", dated, *(name + part for name in names for part in parts)])
    for answer in answers:
        tables = [answer.frames, answer.scale, *answer.quantiles.values()]
        steps = answer.times or range(1, len(answer.frames) + 1)
        for row, step in enumerate(steps):
            cells = [f"{t[row, f]:.7g}" for f in range(len(names)) for t in tables]
            writer.writerow([answer.number, step, *cells])
    path.write_text(out.getvalue(), encoding="utf-8", newline="")


def _npz(path: Path, answers: Sequence[Conversion]) -> None:
    arrays: dict[str, np.ndarray] = {
        f"attention_{number}": answer.attention
        for number, answer in enumerate(answers)
        if answer.attention is not None
    }
    arrays["records"] = np.array([answer.number for answer in answers], np.int64)
    named: dict[str, list[Reals]] = {
        "frames": [answer.frames for answer in answers],
        "scale": [answer.scale for answer in answers],
    }
    for level in answers[0].quantiles:
        named[f"q{level:g}"] = [answer.quantiles[level] for answer in answers]
    for name, sequences in named.items():
        arrays[f"{name}_points"] = np.concatenate(sequences)
        arrays[f"{name}_lengths"] = np.array([len(each) for each in sequences], np.int64)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _npy(path: Path, answers: Sequence[Conversion]) -> None:
    lengths = {len(answer.frames) for answer in answers}
    if len(lengths) > 1:
        raise UserError(
            f"a .npy file holds answers of one length, but these have {min(lengths)} to "
            f"{max(lengths)} frames. Write them to a .npz or .jsonl file."
        )
    frames = [answer.frames for answer in answers]
    with path.open("wb") as file:
        np.save(file, frames[0] if len(frames) == 1 else np.stack(frames))
