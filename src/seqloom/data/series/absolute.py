"""Points given as offsets, and drawings of another size: told by their numbers, for a file and for a
drawing among its fellows."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from seqloom.data.series.scaling import Scaler
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

_NEAR = 0.7
_ONE_SIDED = 0.9
_LEVEL = 1.4
_LEAPS = 3
"""Leaps that some drawings must have to be judged by them."""


def look_absolute(drawings: Iterable[Reals]) -> bool:
    """Whether drawings given as offsets are points in truth. Points are close to the ones before them,
    measured by their distance from the origin, and one of two things tells them from the offsets of a
    slow pen, which are alike too:

        a leap to the next stroke is far, so its offset stands out; a point behind a leap is as far
        from the origin as any other

        hardly anything is negative (or hardly anything positive), so that as offsets the drawings
        would run off to one corner

    Measured in files of 30 drawings (kanji, Omniglot, Hershey fonts; as they are, with fewer and with
    four times as many points), the points counted from where the pen was first put down, from the
    middle or from a corner:

                                             points          offsets
        change / size                        0.01 to 0.70    0.60 to 1.69    limit 0.7
        size behind a leap / elsewhere       0.58 to 1.38    1.44 to 27      limit 1.4

    Of 2,700 such files of offsets none was taken for points, of 10,800 of points one was not noticed. Of
    10,200 drawings of offsets that were judged alone 4 were taken for points, all by the corner. Without
    leaps (one stroke a drawing) points that are not counted from a corner go unnoticed."""
    drawings = list(drawings)
    size, change, total = np.zeros(2), np.zeros(2), np.zeros(2)
    for drawing in drawings:
        moves = drawing[:, :2].astype(np.float64)
        size += np.abs(moves).sum(axis=0)
        total += np.abs(moves.sum(axis=0))
        change += np.abs(np.diff(moves, axis=0)).sum(axis=0)
    if (change < _NEAR * size).all() and (total > _ONE_SIDED * size).all():
        return True
    return bool(change.sum() < _NEAR * size.sum()) and _level(drawings)


def _level(drawings: Sequence[Reals]) -> bool:
    """Whether what stands behind a leap is no larger than what stands within strokes."""
    leaps, steps = (
        np.concatenate([np.hypot(*d[chosen(d), :2].astype(np.float64).T) for d in drawings])
        for chosen in (_leaps, _steps)
    )
    return len(leaps) >= _LEAPS and len(steps) > 0 and leaps.mean() < _LEVEL * steps.mean()


def _leaps(drawing: Reals) -> NDArray[np.bool_]:
    """Where a stroke begins after another. A pen that is recorded in the air too, point by point, does
    not leap, and neither does a dot."""
    up = drawing[:, 2] > 0.5
    found = np.zeros(len(drawing), dtype=bool)
    found[2:] = ~up[:-2] & up[1:-1] & ~up[2:]
    return found


def _steps(drawing: Reals) -> NDArray[np.bool_]:
    """Where a stroke goes on."""
    return np.append(False, drawing[:-1, 2] < 0.5)


_FAR = 1.25
"""Moves of a drawing, in those of its fellows, above which it is looked at alone. Of 500 kanji whose points
stood among offsets 465 (counted from the middle) to 500 were found; of 13,000 drawings of offsets none was
taken for points, and 1 when they were twice as large."""
_TELLING = 8
"""Points that a drawing must have to be judged alone: fewer say too little."""


def usual_move(drawings: Iterable[Reals]) -> float:
    """How far the pen moves from point to point in most of some drawings; 0 of none."""
    sizes = [float(np.abs(drawing[:, :2]).mean()) for drawing in drawings]
    return float(np.median(sizes)) if sizes else 0.0


def check_fellow(drawing: Reals, usual: float) -> None:
    """Refuse points among offsets: a drawing that moves much farther than the `usual` one of its file and
    looks like points. Raises UserError, without a place."""
    if _stray(drawing, usual):
        times = float(np.abs(drawing[:, :2]).mean()) / usual
        raise UserError(
            "must be offsets (dx, dy, pen) like the other drawings, but looks like points (x, y, pen): "
            f"its numbers are {times:.2g} times as large."
        )


def _stray(drawing: Reals, usual: float) -> bool:
    size = float(np.abs(drawing[:, :2]).mean())
    return len(drawing) >= _TELLING and size > _FAR * usual > 0 and look_absolute([drawing])


def check_offsets(drawings: Iterable[Reals], path: str) -> None:
    """Refuse points where offsets are expected. A few among many are for `check_fellow` to find."""
    drawings = list(drawings)
    usual = usual_move(drawings)
    if look_absolute(drawing for drawing in drawings if not _stray(drawing, usual)):
        raise UserError(
            f"{path}: strokes must be offsets (dx, dy, pen), but these look like points (x, y, pen): "
            "each is close to the one before it. Say that they are points."
        )


_MEAN_MOVE = 2 / 3
"""The mean of moves, in the root of their mean square: .66 in kanji (.80 where they are Gaussian)."""


def usual_of(scaler: Scaler) -> float:
    """The same as `usual_move`, about, of the drawings that a model was trained on."""
    return _MEAN_MOVE * float(np.hypot(scaler.mean[:2], scaler.deviation[:2]).mean())


def times_as_far(drawing: Reals, scaler: Scaler) -> float:
    """How far the pen moves from point to point, in what it moves in those that a model was trained on
    (root of the mean square)."""
    moves = drawing[:, :2].astype(np.float64)
    usual = np.hypot(scaler.mean[:2], scaler.deviation[:2])
    return float(np.sqrt(np.square(moves).mean() / np.square(usual).mean()))
