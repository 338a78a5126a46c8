"""What a converter is asked about: sequences alone, or the rows of a table with what follows them.

A forecast looks at the last `lookback` rows; what stands before them is not read. Where dates are known,
those of the rows to come go on as far apart as those before.

Sizes: S source frames, F features, T frames to come, G features of the target.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seqloom.config.frame_data import PairData, WindowData
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.frames.batch import FrameBatch
from seqloom.data.frames.pair_set import PairSet
from seqloom.data.frames.setting import Setting
from seqloom.data.frames.tables import TABLES, Dated, read_dated
from seqloom.data.frames.voices import frames_of_wav
from seqloom.data.frames.window_set import WindowSet
from seqloom.data.series.calendar import Times, covariates, onward
from seqloom.data.series.frames import JSONL, Frames, Limits, judge, raw_frames
from seqloom.errors import UserError
from seqloom.search.stepper import Reals


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """values [S, F] in the units of the data; their dates, where they are needed; what came after,
    [T, G], where that is known; the file and record that they are from, if any; and which one they are of
    what was asked, from 1."""

    values: Reals
    times: Times | None = None
    actual: Reals | None = None
    origin: str = ""
    number: int = 1


def read_sources(
    path: str,
    data: PairData | WindowData,
    setting: Setting,
    at: int | str | None = None,
    bad: BadRows | None = None,
) -> list[Source]:
    """The sequences of a file; of a table the one that ends with its last row, or before the row or
    date `at`."""
    if isinstance(data, WindowData) and path.endswith(TABLES):
        table = read_dated(path, data, setting.source.names, bad, setting.target.bits)
        return [_of_table(table, data, setting, at)]
    if at is not None:
        raise UserError(
            f"{path}: a point in time is for tables (.csv, .parquet) only. Leave it out."
        )
    sources: list[Source] = []
    for found in _judged(path, data, setting.source.width):
        if isinstance(found, Fault):
            settle(found, bad)
        else:
            number = found.place.line
            sources.append(Source(found.values, origin=str(found.place), number=number))
    return sources


def _judged(path: str, data: PairData | WindowData, width: int) -> Iterator[Frames | Fault]:
    if path.endswith(".wav"):
        found: Iterator[tuple[Place, object] | Fault] = iter(
            [(Place(path, 1), frames_of_wav(path))]
        )
    else:
        pairs = isinstance(data, PairData)
        key = data.source if pairs and path.endswith(JSONL) else ""
        part = data.source if pairs and path.endswith(".npz") else ""
        found = raw_frames(path, Limits(), key, part, (".wav",))
    for each in found:
        if isinstance(each, Fault):
            yield each
        elif isinstance(data, PairData):
            yield judge(*each, data.max_source, width)
        else:
            yield _last_rows(*each, data.lookback, width)


def _last_rows(place: Place, sequence: object, lookback: int, width: int) -> Frames | Fault:
    """What a forecast looks at; rows before it may be as many and as bad as they are."""
    rows = lookback
    if isinstance(sequence, list) or (isinstance(sequence, np.ndarray) and sequence.ndim):
        rows, sequence = len(sequence), sequence[-lookback:]
    found = judge(place, sequence, lookback, width)
    if isinstance(found, Fault) and rows > lookback:
        return replace(found, reason=f"of the last {lookback} rows, {found.reason}")
    if isinstance(found, Frames) and rows < lookback:
        return Fault(place, _too_short(lookback, rows), "Give more of the past.", "")
    return found


def _too_short(lookback: int, rows: int) -> str:
    return f"a forecast looks at {lookback} rows, but here are {rows}."


def _of_table(file: Dated, data: WindowData, setting: Setting, at: int | str | None) -> Source:
    end = len(file) if at is None else _row(file, at)
    values, times = file.table.values, file.times
    after = values[end : end + data.horizon, setting.targets]
    whole = len(after) == data.horizon and bool(np.isfinite(after).all())
    known = None if times is None else times[:end]
    return Source(values[:end], known, after if whole else None, file.table.path)


def _row(file: Dated, at: int | str) -> int:
    """How many rows stand before it."""
    if isinstance(at, int) or at.isdecimal():
        row = int(at) - 1
    elif file.times is None:
        raise UserError(
            f"{file.table.path}: this model knows no dates, so a point in time is the number of a row, "
            f"but is {at!r}."
        )
    else:
        row = int((file.times < _moment(at)).sum())
    if not 0 < row <= len(file):
        raise UserError(
            f"{file.table.path}: a forecast must begin behind the first of its {len(file)} rows and "
            f"not after row {len(file) + 1}, but {at} does not. Choose another row or date."
        )
    return row


def _moment(at: str) -> np.datetime64:
    try:
        return np.datetime64(at.strip().replace(" ", "T"), "s")
    except ValueError:
        raise UserError(
            f"A point in time is a date such as 2017-06-26 08:00 or the number of a row, but is {at!r}."
        ) from None


def batch_of(
    sources: Sequence[Source], data: PairData | WindowData, setting: Setting
) -> FrameBatch:
    """Sources side by side; what follows them is not known."""
    check(sources, data, setting)
    if isinstance(data, WindowData):
        return _windows(sources, data, setting)
    targets = [np.zeros((1, setting.target.width), np.float32)] * len(sources)
    scaled = [setting.source.scaler.apply(source.values) for source in sources]
    return PairSet(scaled, targets).batch(np.arange(len(sources)))


def _windows(sources: Sequence[Source], data: WindowData, setting: Setting) -> FrameBatch:
    past, horizon = data.lookback, data.horizon
    rows = len(sources) * (past + horizon)
    values = np.zeros((len(sources), past + horizon, setting.source.width), np.float32)
    dates = np.zeros((*values.shape[:2], 2 * len(data.known)), np.float32)
    for row, day, source in zip(values, dates, sources, strict=True):
        row[:past] = setting.source.scaler.apply(source.values[-past:])
        if data.known:
            assert source.times is not None
            times = source.times[-past:]
            day[:] = covariates(np.concatenate([times, onward(times, horizon)]), data.known)
    return WindowSet(
        values=values.reshape(rows, values.shape[2]),
        dates=dates.reshape(rows, dates.shape[2]),
        starts=np.arange(len(sources)) * (past + horizon),
        past=past,
        horizon=horizon,
        targets=setting.targets,
        level=data.level,
    ).batch(np.arange(len(sources)))


def check(sources: Sequence[Source], data: PairData | WindowData, setting: Setting) -> None:
    """Raises UserError for what the model cannot be asked about."""
    for number, source in enumerate(sources, start=1):
        values, place = source.values, source.origin or f"Source {number}"
        if values.ndim != 2 or values.shape[1] != setting.source.width:
            raise UserError(
                f"{place}: must have frames of {setting.source.width} features, but has the "
                f"shape {values.shape}. Give an array [frames, features]."
            )
        least = data.lookback if isinstance(data, WindowData) else 1
        if len(values) < least:
            raise UserError(
                f"{place}: {_too_short(least, len(values))} Give more of the past."
                if isinstance(data, WindowData)
                else f"{place}: must not be empty, but is. Give at least one frame."
            )
        if isinstance(data, PairData) and len(values) > data.max_source:
            raise UserError(
                f"{place}: a sequence may have {data.max_source} frames, but this one has {len(values)}. "
                "Shorten it, or raise data.max_source."
            )
        first = len(values) - least if isinstance(data, WindowData) else 0
        wrong = np.flatnonzero(~np.isfinite(values[first:]).all(axis=1))
        if len(wrong):
            raise UserError(
                f"{place}: all numbers that are looked at must be finite, but in row "
                f"{first + wrong[0] + 1} some are not. Mend the data, or end earlier."
            )
        if isinstance(data, WindowData) and data.known and source.times is None:
            raise UserError(
                f"{place}: this model was trained with dates ({', '.join(data.known)}), but "
                f"here are none. Give a table with the column '{data.time}'."
            )
