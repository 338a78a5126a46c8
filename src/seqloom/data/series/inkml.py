"""InkML (W3C 2011): what a pen writes on a tablet, as strokes.

    <traceFormat><channel name="X"/><channel name="Y"/><channel name="T"/></traceFormat>
    <trace>10 0 0, 12 3 10, 15 3 20</trace>

A trace is a stroke; its points are parted by commas, a point has a value for each channel. Without a
format the channels are X and Y. A value may be a difference, from its mark on until another comes:

    !5  the value itself        '5  the value grew by 5        "5  so much more did it grow than last time
    *   as before: the value, its growth, or the growth of that

Traces made with the pen lifted (type="penUp") are left out. A file is one drawing, y grows downwards.
"""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

import numpy as np

from seqloom.data.bad_rows import Fault, Place
from seqloom.data.series.strokes import Line, check_reach
from seqloom.data.series.xml_tree import read_tree
from seqloom.errors import UserError

_VALUE = re.compile(r"""\s*([!'"]?)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\*)""")
_LEVELS = {"!": 0, "'": 1, '"': 2}


def read_inkml(path: str) -> list[Line] | Fault:
    """The strokes of a file."""
    root = read_tree(path)
    if isinstance(root, Fault):
        return root
    try:
        return _strokes(root)
    except UserError as error:
        return Fault(Place(path, 1), str(error), "Mend the file.", "")


def _strokes(root: Element) -> list[Line]:
    names = _channels(root)
    traces = [trace for trace in root.iter("trace") if trace.get("type") != "penUp"]
    if not traces:
        raise UserError("must have at least one trace, but has none.")
    return [_line(number, trace, names) for number, trace in enumerate(traces, start=1)]


def _channels(root: Element) -> list[str]:
    formats = [
        [channel.get("name", "") for channel in each.iter("channel")]
        for each in root.iter("traceFormat")
    ]
    if any(each != formats[0] for each in formats):
        raise UserError("all traces must have the same channels, but there are several formats.")
    names = formats[0] if formats else ["X", "Y"]
    if not {"X", "Y"} <= {*names}:
        raise UserError(f"traces must have channels X and Y, but have {', '.join(names)}.")
    return names


def _line(number: int, trace: Element, names: Sequence[str]) -> Line:
    channels = [_Channel() for _ in names]
    points: list[list[float]] = []
    for place, point in enumerate((trace.text or "").split(","), start=1):
        found = _VALUE.findall(point)
        if len(found) != len(names) or _VALUE.sub("", point).strip():
            raise UserError(
                f"trace {number}, point {place}: expected {len(names)} values "
                f"({', '.join(names)}), but found '{point.strip()[:40]}'."
            )
        points.append([each.next(*value) for each, value in zip(channels, found, strict=True)])
    line = np.array(points, dtype=np.float64)[:, [names.index("X"), names.index("Y")]]
    check_reach(line, f"trace {number}, ")
    return line


class _Channel:
    """Turns what is written into values. `level` says what is written: the value, its growth or the
    growth of that."""

    def __init__(self) -> None:
        self.level = 0
        self.value = self.growth = self.bend = 0.0

    def next(self, mark: str, text: str) -> float:
        self.level = _LEVELS.get(mark, self.level)
        if text != "*":
            self._take(float(text))
        elif self.level == 0:
            self._take(self.value)
        else:
            self._take(self.growth if self.level == 1 else self.bend)
        return self.value

    def _take(self, number: float) -> None:
        before, grew = self.value, self.growth
        if self.level == 0:
            self.value = number
        elif self.level == 1:
            self.value += number
        else:
            self.value += grew + number
        self.growth = self.value - before
        self.bend = self.growth - grew
