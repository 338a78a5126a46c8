"""Pen strokes: offsets (dx, dy, pen) as models read them, and points as pens and screens have them.

pen is 1 where the pen is lifted after the point, else 0. The first offset counts from (0, 0). Lengths
are in the units of the data, y grows downwards.

    offsets  [T, 3]           points  [T, 3], (x, y, pen)           lines  one [n, 2] for each stroke

`simplified` drops points that a straight line passes anyway (Ramer 1972; Douglas & Peucker 1973): a
stroke keeps its ends and, again and again, the point that lies farthest from the line between those
kept, as long as it is farther off than the tolerance. No dropped point is farther from the drawing.
"""

from collections.abc import Sequence

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
