"""Files -> drawings: pen offsets [T, 3], and the text that they write where there is one.

    .jsonl, .npy, .npz  arrays of (dx, dy, pen) or of points; a line or a sequence each
    .inkml, .svg        one drawing a file
    a folder            its files of these kinds, by name

A line of .jsonl may say more of itself (rows.py). Drawings with texts are read from .jsonl, and from files
of pairs (written.py).

Whatever is wrong with a drawing becomes a `Fault` with the file and the number of its record.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from seqloom.config.next_step_data import StrokeData
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.next_step.rows import read_row
from seqloom.data.next_step.written import read_written
from seqloom.data.series.frames import JSONL, Frames, Limits, judge, read_frames
from seqloom.data.series.inkml import read_inkml
from seqloom.data.series.strokes import (
    check_fellow,
    check_offsets,
    check_pen,
    check_reach,
    of_lines,
    simplified,
    to_offsets,
    usual_move,
)
from seqloom.data.series.svg_strokes import read_svg
from seqloom.data.sources.lines import opened, read_lines
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

_KINDS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".npy", ".npz", ".inkml", ".svg")
_DRAWN = (".inkml", ".svg")
_NONE_LEFT = "no drawing is left. Mend the file, or name another."
_ENDLESS = 1_000_000
"""Points before anything is simplified."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """offsets [T, 3]; text is empty where there is none; told: the file itself says what it holds, so
    that there is nothing to guess."""

    offsets: Reals
    place: Place
    text: str = ""
    told: bool = False


def read_drawings(
    paths: Sequence[str], data: StrokeData, part: str = "", bad: BadRows | None = None
) -> list[Drawing]:
    """The good drawings of some files; the others are raised or set aside. Some must be left.

    part  of .npz files that have several
    """
    drawings = [drawing for path in paths for drawing in _of_path(path, data, part, bad)]
    if not drawings:
        raise UserError(f"{', '.join(paths)}: {_NONE_LEFT}")
    return drawings


def _of_path(path: str, data: StrokeData, part: str, bad: BadRows | None) -> list[Drawing]:
    if Path(path).is_dir():
        files = sorted(str(file) for file in Path(path).iterdir() if file.name.endswith(_KINDS))
        if not files:
            raise UserError(
                f"{path}: must hold files that end in {', '.join(_KINDS)}, but holds none. "
                "Name another folder."
            )
        return [drawing for file in files for drawing in _of_path(file, data, part, bad)]
    drawings: list[Drawing] = []
    faults = 0
    for found in _found(path, data, part, bad):
        finished = found if isinstance(found, Fault) else _finished(found, data)
        if isinstance(finished, Fault):
            settle(finished, bad)
            faults += 1
        else:
            drawings.append(finished)
    if not drawings and not faults:
        raise UserError(f"{path}: {_NONE_LEFT}")
    if data.points == "offsets" and not path.endswith(_DRAWN):
        return list(_offsets(drawings, path, bad))
    return drawings


def _offsets(drawings: Sequence[Drawing], path: str, bad: BadRows | None) -> Iterator[Drawing]:
    """Those that do not look like points; where all do, nothing is set aside."""
    guessed = [drawing.offsets for drawing in drawings if not drawing.told]
    try:
        check_offsets(guessed, path)
    except UserError as error:
        raise UserError(f"{error} Set data.points=points.") from error
    usual = usual_move(guessed)
    for drawing in drawings:
        try:
            if not drawing.told:
                check_fellow(drawing.offsets, usual)
        except UserError as error:
            fault = Fault(drawing.place, str(error), "Mend the drawing.", _shown(drawing.offsets))
            settle(fault, bad)
        else:
            yield drawing


def _found(
    path: str, data: StrokeData, part: str, bad: BadRows | None
) -> Iterator[Drawing | Fault]:
    if data.condition == "text" and not path.endswith(JSONL):
        for found in read_written(path, data, part, _ENDLESS):
            yield found if isinstance(found, Fault) else _with_text(*found, data)
    elif path.endswith(JSONL):
        yield from _from_jsonl(path, data)
    elif path.endswith(_DRAWN):
        lines = read_inkml(path) if path.endswith(".inkml") else read_svg(path, data.curve)
        yield lines if isinstance(lines, Fault) else Drawing(of_lines(lines), Place(path, 1))
    else:
        part = part if path.endswith(".npz") else ""
        for frames in read_frames(path, Limits(longest=_ENDLESS, width=3), part=part, bad=bad):
            yield _as_offsets(frames, data)


def _from_jsonl(path: str, data: StrokeData) -> Iterator[Drawing | Fault]:
    with opened(path) as stream:
        for line in read_lines(stream, path, data.max_line_bytes):
            if isinstance(line, Fault):
                yield line
                continue
            try:
                row = read_row(line.text, data)
            except UserError as error:
                yield Fault(line.place, str(error), "Mend the row.", line.text)
                continue
            frames = judge(line.place, row.strokes, _ENDLESS, width=3)
            drawn = frames if isinstance(frames, Fault) else _with_text(row.text, frames, row.data)
            yield replace(drawn, told=row.told) if isinstance(drawn, Drawing) else drawn


def _with_text(text: str, frames: Frames, data: StrokeData) -> Drawing | Fault:
    drawn = _as_offsets(frames, data)
    return drawn if isinstance(drawn, Fault) else replace(drawn, text=text)


def _as_offsets(frames: Frames, data: StrokeData) -> Drawing | Fault:
    values = frames.values
    try:
        check_pen(values)
        check_reach(values[:, :2])
    except UserError as error:
        return Fault(frames.place, str(error), "Mend the drawing.", _shown(values))
    if data.points == "points":
        return Drawing(to_offsets(values), frames.place)
    if data.add_origin:
        values = np.concatenate([np.zeros((1, 3), dtype=np.float32), values])
    return Drawing(values, frames.place)


def _finished(drawing: Drawing, data: StrokeData) -> Drawing | Fault:
    """Simplified, and within the limits."""
    if len(drawing.offsets) < 2:
        reason = "a drawing must have at least 2 points, but this one has 1."
        return Fault(drawing.place, reason, "Leave it out.", _shown(drawing.offsets))
    if data.simplify:
        drawing = replace(drawing, offsets=simplified(drawing.offsets, data.simplify))
    for name, found, most in (
        ("points", len(drawing.offsets), data.max_points),
        ("characters", len(drawing.text), data.max_text),
    ):
        if found > most:
            setting = "data.max_points" if name == "points" else "data.max_text"
            return Fault(
                drawing.place,
                f"a drawing may have {most} {name}, but this one has {found}.",
                f"Raise {setting}{', or set data.simplify' if name == 'points' else ''}.",
                _shown(drawing.offsets),
            )
    return drawing


def _shown(values: Reals) -> str:
    return json.dumps(np.round(values[:30].astype(np.float64), 3).tolist())
