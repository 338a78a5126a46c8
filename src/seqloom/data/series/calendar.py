"""What is known of the future: the date. Each covariate is a point on a circle, so that midnight stands
beside 11 p.m. and Sunday beside Monday:

    (sin 2 pi u, cos 2 pi u)      hour     u = time of the day / 24 h
                                  weekday  u = days since Monday / 7
                                  year     u = days since New Year / 366

Sizes: N rows, C = 2 x covariates.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.series.table_rows import index_of, rows_of
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

Times = NDArray[np.datetime64]
Covariate = Literal["hour", "weekday", "year"]

_NONE = np.datetime64("NaT", "s")
_DAY = 86_400.0
_MONDAY = 3 * _DAY
"""1970-01-01, where numpy counts from, was a Thursday: the Monday before lies that far back."""


def read_times(path: str, column: str, bad: BadRows | None = None) -> Times:
    """The dates of a table's rows [N]. They must rise; a row that is set aside has none."""
    names, rows = rows_of(path)
    index = index_of(path, column, names)
    # A faulty row is judged where its numbers are read.
    found = [(row[0], row[1][index]) if isinstance(row, tuple) else None for row in rows]
    times = np.array([_NONE if each is None else _time(column, *each, bad) for each in found])
    known = np.flatnonzero(~np.isnat(times))
    if len(back := np.flatnonzero(np.diff(times[known]) <= np.timedelta64(0, "s"))):
        later = found[int(known[back[0] + 1])]
        assert later is not None
        raise UserError(
            f"{later[0]}: '{column}' must rise from row to row, but {later[1]} does not come after "
            "the one before it. Sort the rows by time."
        )
    return times


def _time(column: str, place: Place, given: object, bad: BadRows | None) -> np.datetime64:
    try:
        time = np.datetime64(str(given).strip().replace(" ", "T"), "s")
    except ValueError:
        time = _NONE
    if np.isnat(time):
        shown = str(given) or "empty"
        reason = f"'{column}' must be a date such as 2017-06-26 08:00, but is {shown}."
        settle(Fault(place, reason, "Mend the row.", str(given)), bad)
    return time


def uneven(times: Times) -> str:
    """One sentence about steps that are not about as long as most are; empty if there are none. A row
    without a date takes the time of a step."""
    known = np.flatnonzero(~np.isnat(times))
    steps, apart = np.diff(known), np.diff(times[known])
    if not (steps == 1).any():
        return ""
    usual = np.median(apart[steps == 1].astype(np.float64))
    off = np.flatnonzero(np.abs(apart.astype(np.float64) - usual * steps) > usual / 2)
    if not len(off):
        return ""
    row, gap = known[off[0] + 1], timedelta(seconds=float(apart[off[0]].astype(np.float64)))
    return (
        f"{len(off):,} of {len(apart):,} steps in time are not {timedelta(seconds=usual)} long, as most "
        f"are; the first one leads to row {row + 1} ({times[row]}), {gap} after the row before. "
        "Windows run across them"
    )


def onward(times: Times, steps: int) -> Times:
    """The dates of the `steps` rows that will follow, as far apart as most of those before."""
    apart = np.diff(times)
    apart = apart[~np.isnat(apart)]
    if not len(apart):
        raise UserError("Dates of the future need two dates of the past at least. Give more rows.")
    return times[-1] + np.median(apart) * np.arange(1, steps + 1)


def covariates(times: Times, known: Sequence[Covariate]) -> Reals:
    """[N, C]; 0 where there is no date."""
    turns = [_turn(times, each) for each in known]
    circles = [f(2 * np.pi * turn) for turn in turns for f in (np.sin, np.cos)]
    if not circles:
        return np.zeros((len(times), 0), dtype=np.float32)
    return np.nan_to_num(np.stack(circles, axis=1)).astype(np.float32)


def _turn(times: Times, covariate: Covariate) -> NDArray[np.float64]:
    """How far round the circle each date stands, in turns."""
    seconds = times.astype("datetime64[s]").astype(np.float64)
    seconds[np.isnat(times)] = np.nan
    match covariate:
        case "hour":
            return seconds % _DAY / _DAY
        case "weekday":
            return (seconds + _MONDAY) % (7 * _DAY) / (7 * _DAY)
        case "year":
            years = times.astype("datetime64[Y]").astype("datetime64[s]").astype(np.float64)
            return (seconds - years) / (366 * _DAY)
        case _:
            assert_never(covariate)
