"""Pen strokes: offsets (dx, dy, pen) as models read them, and points as pens and screens have them.

pen is 1 where the pen is lifted after the point, else 0. The first offset counts from (0, 0). Lengths
are in the units of the data, y grows downwards.

    offsets  [T, 3]           points  [T, 3], (x, y, pen)           lines  one [n, 2] for each stroke

`simplified` drops points that a straight line passes anyway (Ramer 1972; Douglas & Peucker 1973): a
stroke keeps its ends and, again and again, the point that lies farthest from the line between those
kept, as long as it is farther off than the tolerance. No dropped point is farther from the drawing.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.search.stepper import Reals

Line = NDArray[np.float64]
"""Points [n, 2] of one stroke."""

_LARGEST = 1e30
"""A coordinate may be that large: its differences, scaled, must still have room in 32 bits."""


def check_reach(points: Reals | Line, where: str = "") -> None:
    """Raises UserError, without a file, for points [n, 2] that lie too far off. where: what they are of,
    as in 'trace 2, '."""
    wrong = np.flatnonzero(~(np.abs(points) <= _LARGEST).all(axis=1))
    if len(wrong):
        x, y = points[wrong[0]].tolist()
        raise UserError(
            f"{where}point {wrong[0] + 1}: must have finite numbers of usual size, but is at "
            f"({x:g}, {y:g})."
        )


def check_pen(offsets: Reals) -> None:
    """Raises UserError, without a place, for what is no drawing."""
    if offsets.shape[1] != 3:
        raise UserError(f"a point must have dx, dy and pen, but has {offsets.shape[1]} numbers.")
    wrong = np.flatnonzero(~np.isin(offsets[:, 2], (0, 1)))
    if len(wrong):
        pen = offsets[wrong[0], 2]
        raise UserError(f"point {wrong[0] + 1}: the pen must be 0 or 1, but is {pen:g}.")


def to_points(offsets: Reals) -> NDArray[np.float64]:
    """Where the pen is, from how far it moves."""
    points = offsets.astype(np.float64)
    points[:, :2] = np.cumsum(points[:, :2], axis=0)
    return points


def to_offsets(points: Reals | NDArray[np.float64]) -> Reals:
    """How far the pen moves; the first point is where the drawing begins, and has offset (0, 0)."""
    offsets = points.astype(np.float64)
    offsets[1:, :2] -= points[:-1, :2]
    offsets[:1, :2] = 0.0
    return offsets.astype(np.float32)


def to_lines(offsets: Reals) -> list[Line]:
    """The strokes of a drawing, cut where the pen is lifted."""
    points = to_points(offsets)
    lifted = np.flatnonzero(points[:, 2] > 0.5) + 1
    return [line for line in np.split(points[:, :2], lifted) if len(line)]


def of_lines(lines: Sequence[Line]) -> Reals:
    """Offsets of a drawing that has these strokes. Its first point becomes the origin."""
    assert lines, "a drawing has at least one stroke"
    pens = [np.arange(1, len(line) + 1) == len(line) for line in lines]
    points = np.concatenate(lines).astype(np.float64)
    return to_offsets(np.column_stack([points, np.concatenate(pens)]))


def simplified(offsets: Reals, tolerance: float) -> Reals:
    """The drawing with fewer points. It begins where it began."""
    lines = [line[kept_points(line, tolerance)] for line in to_lines(offsets)]
    fewer = of_lines(lines)
    fewer[0, :2] = offsets[0, :2]
    fewer[-1, 2] = offsets[-1, 2]
    return fewer


def kept_points(line: Line, tolerance: float) -> NDArray[np.int64]:
    """Which points of a stroke stay, in order."""
    kept = np.zeros(len(line), dtype=bool)
    kept[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = _distances(line[first + 1 : last], line[first], line[last])
        farthest = int(distances.argmax())
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return np.flatnonzero(kept)


def _distances(points: Line, start: Line, end: Line) -> NDArray[np.float64]:
    """Of each point from the segment between two others, which may be one and the same."""
    along = end - start
    length = float(along @ along)
    share = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
    return np.hypot(*(points - start - share[:, None] * along).T)


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


_FAR = 5.0
"""Moves of a drawing, in those of its fellows, above which it is looked at alone."""
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
            f"its numbers are {times:.0f} times as large."
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
