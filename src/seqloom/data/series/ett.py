"""The standard forecasting set-up of the ETT data (Zhou et al. 2021), for any table of sensor readings.

    train, dev, test   12, 4 and 4 months of 30 days; dev and test begin `past` rows early, so that
                       their first target is their first row
    scaling            (x - mean) / deviation of each column, both from the rows of train alone
    a part             rows - past - horizon + 1 windows, one for each row that it can begin at
    MSE, MAE           means over windows, steps and columns of standardised values

Multivariate: all 7 columns of ETTh1 in and out. Univariate: the column OT alone, in and out. The code
that published the figures dropped the last, incomplete batch of the test windows; here all count.

Sizes: N rows, W windows, T steps ahead, F columns.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqloom.data.series.scaling import Constant, Scaler, fit
from seqloom.data.series.windows import ETT_HOURS, Windows, parts, windows
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

UNIVARIATE = ("OT",)
"""Oil temperature, what the univariate figures are about."""


class Forecasting(NamedTuple):
    """Windows of standardised values, and how they were scaled."""

    train: Windows
    dev: Windows
    test: Windows
    scaler: Scaler


def forecasting(
    table: Reals,
    past: int,
    horizon: int,
    counts: Sequence[int] = ETT_HOURS,
    *,
    constant: Constant = "refuse",
    names: Sequence[str] = (),
) -> Forecasting:
    """The three parts of a table [N, F], whose rows may hold NaN where one was set aside.

    counts  rows of train, dev and test; those behind them are left out
    names   of the columns, for messages
    """
    assert len(counts) == 3
    known = table[: counts[0]]
    whole = known[np.isfinite(known).all(axis=1)]
    if not len(whole):
        raise UserError(
            "The training part must have a row without gaps, but has none. Mend the data."
        )
    scaler = fit([whole], constant=constant, names=names)
    train, dev, test = (
        windows(part, past, horizon) for part in parts(scaler.apply(table), counts, past)
    )
    return Forecasting(train, dev, test, scaler)


class Errors(NamedTuple):
    """Mean squared and mean absolute error."""

    mse: float
    mae: float


def errors(forecasts: Reals, targets: Reals) -> Errors:
    """Of forecasts [..., T, F], both in standardised values; NaN in a target is left out."""
    assert forecasts.shape == targets.shape
    apart = (forecasts.astype(np.float64) - targets)[np.isfinite(targets)]
    return Errors(float(np.square(apart).mean()), float(np.abs(apart).mean()))


def repeated(windows_: Windows) -> tuple[Reals, Reals]:
    """The baseline that says of every step what was known last; forecasts and targets [W, T, F]."""
    pairs = list(windows_)
    targets = np.stack([target for _, target in pairs])
    last = np.stack([source[-1:] for source, _ in pairs])
    return np.broadcast_to(last, targets.shape), targets
