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
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from seqloom.config.next_step_data import StrokeData
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.next_step.rows import read_row
from seqloom.data.next_step.written import read_written
from seqloom.data.series.absolute import check_fellow, check_offsets, usual_move
from seqloom.data.series.drawn import DRAWN, read_drawn
from seqloom.data.series.frames import JSONL, Limits, judge, raw_frames
from seqloom.data.series.strokes import check_pen, check_reach, simplified, to_offsets
from seqloom.data.sources.lines import opened, read_lines
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

_KINDS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".npy", ".npz", ".inkml", ".svg")
_NONE_LEFT = "no drawing is left. Mend the file, or name another."
_ENDLESS = 1_000_000
"""Points before anything is simplified."""
_SEEN_FIRST = 100
"""Drawings beside the first one, which say what it is."""


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
    files = [file for path in paths for file in _files(path)]
    drawings = [drawing for file in files for drawing in _of_file(file, data, part, bad)]
    if not drawings:
        raise UserError(f"{', '.join(paths)}: {_NONE_LEFT}")
    return drawings


def first_drawing(path: str, data: StrokeData, part: str = "") -> Drawing:
    """The first one of a file or folder. Raises UserError if it is bad; others behind it may be, and only
    say whether it looks like offsets."""
    file = _files(path)[0]
    some = [
        found if isinstance(found, Fault) else _judged(found, data)
        for found in islice(_found(file, data, part), _SEEN_FIRST)
    ]
    if not some:
        raise UserError(f"{file}: {_NONE_LEFT}")
    if isinstance(some[0], Fault):
        raise some[0].error(skippable=False)
    guessed = [each for each in some if isinstance(each, Drawing) and not each.told]
    if data.points == "offsets" and not some[0].told:
        _check_offsets(guessed, file)
    return some[0]


def _files(path: str) -> list[str]:
    """A file, or those of a folder."""
    if not Path(path).is_dir():
        return [path]
    files = sorted(str(file) for file in Path(path).iterdir() if file.name.endswith(_KINDS))
    if not files:
        raise UserError(
            f"{path}: must hold files that end in {', '.join(_KINDS)}, but holds none. "
            "Name another folder."
        )
    return files


def _of_file(path: str, data: StrokeData, part: str, bad: BadRows | None) -> Iterator[Drawing]:
    drawings: list[Drawing] = []
    faults = 0
    for found in _found(path, data, part):
        judged = found if isinstance(found, Fault) else _judged(found, data)
        if isinstance(judged, Fault):
            settle(judged, bad)
            faults += 1
        else:
            drawings.append(judged)
    if not drawings and not faults:
        raise UserError(f"{path}: {_NONE_LEFT}")
    if data.points == "points":
        return iter(drawings)
    return _offsets(drawings, path, bad)


def _offsets(drawings: Sequence[Drawing], path: str, bad: BadRows | None) -> Iterator[Drawing]:
    """Those that do not look like points; where all do, nothing is set aside."""
    guessed = [drawing for drawing in drawings if not drawing.told]
    _check_offsets(guessed, path)
    usual = usual_move(drawing.offsets for drawing in guessed)
    for drawing in drawings:
        try:
            if not drawing.told:
                check_fellow(drawing.offsets, usual)
        except UserError as error:
            fault = Fault(drawing.place, str(error), "Mend the drawing.", _shown(drawing.offsets))
            settle(fault, bad)
        else:
            yield drawing


def _check_offsets(drawings: Sequence[Drawing], path: str) -> None:
    try:
        check_offsets((drawing.offsets for drawing in drawings), path)
    except UserError as error:
        text = str(error).replace("Say that they are points.", "Set data.points=points.")
        raise UserError(text) from error


class _Found(NamedTuple):
    """A record of a file: its strokes, not yet known to be any; the text that they write; what they are;
    and whether the file says so itself."""

    strokes: object
    place: Place
    data: StrokeData
    text: str = ""
    told: bool = False


def _found(path: str, data: StrokeData, part: str) -> Iterator[_Found | Fault]:
    if data.condition == "text" and not path.endswith(JSONL):
        for each in read_written(path, data, part):
            yield each if isinstance(each, Fault) else _Found(each[1], each[2], data, each[0])
    elif path.endswith(JSONL):
        yield from _from_jsonl(path, data)
    elif path.endswith(DRAWN):
        drawn = read_drawn(path, data.curve)
        offsets = data.model_copy(update={"points": "offsets", "add_origin": False})
        yield (
            drawn if isinstance(drawn, Fault) else _Found(drawn, Place(path, 1), offsets, told=True)
        )
    else:
        part = part if path.endswith(".npz") else ""
        for each in raw_frames(path, Limits(), "", part, DRAWN):
            yield each if isinstance(each, Fault) else _Found(each[1], each[0], data)


def _from_jsonl(path: str, data: StrokeData) -> Iterator[_Found | Fault]:
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
            yield _Found(row.strokes, line.place, row.data, row.text, row.told)


def _judged(found: _Found, data: StrokeData) -> Drawing | Fault:
    """As offsets; simplified; within the limits; from the origin on, if that is wanted."""
    frames = judge(found.place, found.strokes, _ENDLESS, width=3)
    if isinstance(frames, Fault):
        return frames
    values = frames.values
    try:
        check_pen(values)
        check_reach(values[:, :2])
    except UserError as error:
        return Fault(found.place, str(error), "Mend the drawing.", _shown(values))
    if found.data.points == "points":
        values = to_offsets(values)
    if data.simplify:
        values = simplified(values, data.simplify)
    counted = found.data.points == "offsets" and found.data.add_origin
    if fault := _beyond(values, found, data, least=1 if counted else 2):
        return fault
    if counted:
        values = from_origin(values)
    return Drawing(values, found.place, found.text, found.told)


def from_origin(offsets: Reals) -> Reals:
    """With the point first that they count from."""
    return np.concatenate([np.zeros((1, 3), dtype=np.float32), offsets])


def _beyond(values: Reals, found: _Found, data: StrokeData, least: int) -> Fault | None:
    """What a drawing has too few or too many of."""
    points, reason, remedy = len(values), "", ""
    if points < least:
        reason, remedy = (
            "a drawing must have at least 2 points, but this one has 1.",
            "Leave it out.",
        )
    elif points > data.max_points:
        reason = f"a drawing may have {data.max_points} points, but this one has {points}."
        remedy = "Raise data.max_points, or set data.simplify."
    elif len(found.text) > data.max_text:
        reason = (
            f"a drawing may have {data.max_text} characters, but this one has {len(found.text)}."
        )
        remedy = "Raise data.max_text."
    return Fault(found.place, reason, remedy, _shown(values)) if reason else None


def _shown(values: Reals) -> str:
    return json.dumps(np.round(values[:30].astype(np.float64), 3).tolist())
