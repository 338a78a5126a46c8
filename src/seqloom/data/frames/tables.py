"""Tables as windows are cut from: columns of numbers, dates where they are asked for, and which rows
belong to training, validation and testing.

Rows are cut in order of time. Validation and test reach back `lookback` rows before their own first one,
so that their first target is their first row; no target belongs to two parts.

Sizes: N rows of all files, F columns, C features of a date.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from seqloom.config.frame_data import Borders, Months, Shares, WindowData
from seqloom.data.bad_rows import BadRows
from seqloom.data.frames.window_set import WindowSet
from seqloom.data.series.calendar import Times, covariates, read_times, uneven
from seqloom.data.series.scaling import Scaler
from seqloom.data.series.table import Table, read_table
from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals

TABLES = (".csv", ".csv.gz", ".parquet")

Span = tuple[int, int]
"""The first row, and the one behind the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Dated:
    """One file: its table, and the dates of its rows if they are asked for."""

    table: Table
    times: Times | None

    def __len__(self) -> int:
        return len(self.table.values)

    @property
    def notes(self) -> list[str]:
        """What a reader of these rows should know of the file."""
        note = "" if self.times is None else uneven(self.times)
        return [*self.table.notes, *([f"{self.table.path}: {note}"] if note else [])]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some files, and the rows of each that are meant."""

    files: Sequence[Dated]
    spans: Sequence[Span] = field(default_factory=list[Span])

    @property
    def own(self) -> Iterator[Reals]:
        """The rows themselves, without bad ones."""
        for file, (first, end) in zip(self.files, self.spans, strict=True):
            values = file.table.values[first:end]
            yield values[np.isfinite(values).all(axis=1)]


def read_dated(
    path: str,
    data: WindowData,
    columns: Sequence[str],
    bad: BadRows | None,
    bits: bool = False,
) -> Dated:
    """A file with the columns of that name, or all with numbers. bits: the targets are 0 or 1."""
    if not path.endswith(TABLES):
        raise UserError(
            f"{path}: windows are cut from tables, which end in {', '.join(TABLES)}, but this does not. "
            "Convert it, or rename it if it is one."
        )
    table = read_table(path, columns or data.columns, bad, data.targets if bits else None)
    if data.time is None:
        return Dated(table, None)
    times = read_times(path, data.time, bad)
    table.values[np.isnat(times)] = np.nan
    return Dated(table, times)


def whole(files: Sequence[Dated]) -> Rows:
    """All rows of some files."""
    return Rows(files, [(0, len(file)) for file in files])


def divided(files: Sequence[Dated], data: WindowData) -> dict[str, Rows]:
    """train, dev and test of files that hold all three."""
    spans = [_spans(file, data) for file in files]
    return {
        part: Rows(files, [each[number] for each in spans])
        for number, part in enumerate(("train", "dev", "test"))
    }


def _spans(file: Dated, data: WindowData) -> list[Span]:
    first, second, end = _cuts(file, data)
    past = data.lookback
    spans = [(0, first), (max(0, first - past), second), (max(0, second - past), end)]
    for part, (begin, stop) in zip(("train", "dev", "test"), spans, strict=True):
        size = past + data.horizon
        if stop - begin < size and not (part == "test" and stop <= second):
            raise UserError(
                f"{file.table.path}: a window takes {past} + {data.horizon} = {size} rows, but the "
                f"{part} part has {max(0, stop - begin)}. Give more rows, another data.split, or a "
                "shorter data.lookback or data.horizon."
            )
    return spans


def _cuts(file: Dated, data: WindowData) -> tuple[int, int, int]:
    """Where dev and test begin, and where test ends."""
    rows, split = len(file), data.split
    match split:
        case Shares():
            first = int(rows * split.train)
            return first, first + int(rows * split.dev), rows
        case Months():
            month = 30 * split.rows_a_day
            first = split.train * month
            second = first + split.dev * month
            end = second + split.test * month
            if end > rows:
                raise UserError(
                    f"{file.table.path}: data.split takes {end} rows, but there are {rows}. "
                    "Lower its months, or set data.split.kind=shares."
                )
            return first, second, end
        case Borders():
            return _row_of(file, split.dev), _row_of(file, split.test), rows
        case _:
            assert_never(split)


def _row_of(file: Dated, border: int | str) -> int:
    """The first row that is not before it."""
    if isinstance(border, int):
        row = border - 1
    else:
        assert file.times is not None
        moment = np.datetime64(border.replace(" ", "T"), "s")
        row = int((file.times < moment).sum())
    if not 0 < row < len(file):
        raise UserError(
            f"{file.table.path}: data.split must cut within the {len(file)} rows, but {border} does "
            "not. Choose a later or an earlier one."
        )
    return row


def window_set(
    rows: Rows, data: WindowData, scaler: Scaler, targets: Ids, stride: int
) -> WindowSet:
    """Every window, `stride` rows apart, that lies within one file's span and holds no bad row."""
    values = np.concatenate([scaler.apply(file.table.values) for file in rows.files])
    dates = np.concatenate([_dates(file, data) for file in rows.files])
    bad = np.concatenate([[0], np.cumsum(~np.isfinite(values).all(axis=1))])
    size, offset, starts = data.lookback + data.horizon, 0, list[Ids]()
    for file, (first, end) in zip(rows.files, rows.spans, strict=True):
        found = np.arange(offset + first, offset + end - size + 1, stride)
        starts.append(found[bad[found + size] == bad[found]])
        offset += len(file)
    return WindowSet(
        values=values,
        dates=dates,
        starts=np.concatenate(starts),
        past=data.lookback,
        horizon=data.horizon,
        targets=targets,
        level=data.level,
    )


def _dates(file: Dated, data: WindowData) -> Reals:
    if file.times is None or not data.known:
        return np.zeros((len(file), 0), np.float32)
    return covariates(file.times, data.known)
