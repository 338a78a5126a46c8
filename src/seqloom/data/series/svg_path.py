"""The path language of SVG (SVG 1.1, chapter 8), as strokes.

    M x y  move, a new stroke     L x y, H x, V y  a line        Z  a line back to the stroke's start
    C x1 y1 x2 y2 x y  a cubic Bezier curve, S x2 y2 x y one that goes on smoothly
    Q x1 y1 x y  a quadratic one, T x y one that goes on smoothly

Small letters count from where the pen is. Arcs (A) are not read.

A curve becomes n chords, evenly spaced in its parameter. A chord is nowhere farther from it than
max |B''| / (8 n^2), and |B''| of a cubic is at most 6 times the larger of |p0 - 2 p1 + p2| and
|p1 - 2 p2 + p3|: that gives the least n for a tolerance. A quadratic is raised to a cubic first.
"""

import re
from collections.abc import Iterator
from math import ceil, sqrt

import numpy as np

from seqloom.data.series.strokes import Line
from seqloom.errors import UserError

_TOKEN = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_BETWEEN = re.compile(r"[\s,]*")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}
_MOST_CHORDS = 1000
"""Of one curve, if the tolerance is tiny against the drawing."""
_LARGEST = 1e100
"""Of sums of such numbers none becomes infinite. `check_reach` judges where they lead to."""


def path_lines(data: str, tolerance: float) -> list[Line]:
    """The strokes of the `d` of a path. No curve is farther from its chords than the tolerance."""
    pen = _Pen(tolerance)
    for command, numbers in _commands(data):
        pen.do(command, numbers)
    return [np.array(line) for line in pen.lines]


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; one letter may be followed by the numbers of several."""
    tokens = _tokens(data)
    place, command = 0, ""
    while place < len(tokens):
        if tokens[place].isalpha():
            command = tokens[place]
            place += 1
        elif command in "Zz":  # numbers before any letter, or after one that takes none
            raise UserError(f"a path must have a command before '{tokens[place]}', but has none.")
        takes = _TAKES.get(command.upper())
        if takes is None:
            raise UserError("arcs (A) in a path are not read. Convert them to curves.")
        numbers = tokens[place : place + takes]
        if len(numbers) < takes or any(token.isalpha() for token in numbers):
            raise UserError(f"'{command}' in a path must have {takes} numbers, but has fewer.")
        place += takes
        yield command, _finite(numbers)
        command = {"M": "L", "m": "l"}.get(command, command)


def _tokens(data: str) -> list[str]:
    tokens: list[str] = []
    place = _BETWEEN.match(data).end()  # pyright: ignore[reportOptionalMemberAccess]
    while place < len(data):
        found = _TOKEN.match(data, place)
        if found is None:
            raise UserError(f"a path must have commands and numbers only, but has '{data[place]}'.")
        tokens.append(found.group())
        place = _BETWEEN.match(data, found.end()).end()  # pyright: ignore[reportOptionalMemberAccess]
    return tokens


def _finite(numbers: list[str]) -> list[float]:
    values = [float(number) for number in numbers]
    if not all(abs(value) <= _LARGEST for value in values):
        raise UserError("a path must have finite numbers, but one is too large.")
    return values


class _Pen:
    """Where the pen is, where its stroke began, and the control point that S and T go on from.
    Points are complex numbers: x + iy."""

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.lines: list[list[tuple[float, float]]] = []
        self.at = self.begin = 0j
        self.control: complex | None = None
        self.last = ""
        self.down = False

    def do(self, command: str, numbers: list[float]) -> None:
        if not self.last and command not in "Mm":
            raise UserError(f"a path must begin with M, but begins with '{command}'.")
        kind, base = command.upper(), self.at if command.islower() else 0j
        match kind:
            case "H":
                self._line(complex(numbers[0] + base.real, self.at.imag))
            case "V":
                self._line(complex(self.at.real, numbers[0] + base.imag))
            case "Z":
                self._line(self.begin)
                self.down = False
            case _:
                pairs = zip(numbers[::2], numbers[1::2], strict=True)
                self._to(kind, [base + complex(x, y) for x, y in pairs])
        self.last = kind

    def _to(self, kind: str, points: list[complex]) -> None:
        match kind:
            case "M":
                self.at = self.begin = points[0]
                self.down = False
            case "L":
                self._line(points[0])
            case "C":
                self._cubic(points[0], points[1], points[2])
            case "S":
                self._cubic(self._reflected("CS"), points[0], points[1])
            case "Q":
                self._quadratic(points[0], points[1])
            case _:
                self._quadratic(self._reflected("QT"), points[0])

    def _reflected(self, kinds: str) -> complex:
        smooth = self.control is not None and self.last in kinds
        return 2 * self.at - self.control if smooth and self.control is not None else self.at

    def _line(self, end: complex) -> None:
        if not self.down:
            self.lines.append([(self.at.real, self.at.imag)])
            self.down = True
        self.lines[-1].append((end.real, end.imag))
        self.at = end

    def _quadratic(self, control: complex, end: complex) -> None:
        start = self.at
        self._cubic(start + (control - start) * 2 / 3, end + (control - end) * 2 / 3, end)
        self.control = control

    def _cubic(self, first: complex, second: complex, end: complex) -> None:
        start = self.at
        bend = max(abs(start - 2 * first + second), abs(first - 2 * second + end))
        chords = max(1, min(_MOST_CHORDS, ceil(sqrt(0.75 * bend / self.tolerance))))
        for step in range(1, chords):
            t = step / chords
            u = 1 - t
            self._line(u**3 * start + 3 * u * u * t * first + 3 * u * t * t * second + t**3 * end)
        self._line(end)
        self.control = second
