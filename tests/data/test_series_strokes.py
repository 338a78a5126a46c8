"""Strokes: offsets and points, simplifying, and drawings from InkML and SVG files."""

import gzip
from itertools import pairwise
from math import hypot
from pathlib import Path

import numpy as np
import pytest

from seqloom.config.next_step_data import StrokeData
from seqloom.data.bad_rows import BadRows, Fault, settle
from seqloom.data.next_step.drawings import read_drawings
from seqloom.data.series.absolute import check_fellow, check_offsets, look_absolute, usual_move
from seqloom.data.series.hershey import lines
from seqloom.data.series.inkml import read_inkml
from seqloom.data.series.strokes import (
    check_pen,
    kept_points,
    of_lines,
    simplified,
    to_lines,
    to_offsets,
    to_points,
)
from seqloom.data.series.svg_path import path_lines
from seqloom.data.series.svg_strokes import read_svg
from seqloom.errors import UserError

# A corner, then a dot to the right of it.
OFFSETS = np.array([[5, 5, 0], [0, 10, 0], [10, 0, 1], [20, -5, 1]], dtype=np.float32)


def lists(lines) -> list[list[list[float]]]:
    assert not isinstance(lines, Fault), lines
    return [line.tolist() for line in lines]


def test_points_by_hand():
    assert to_points(OFFSETS).tolist() == [[5, 5, 0], [5, 15, 0], [15, 15, 1], [35, 10, 1]]


def test_offsets_of_points_begin_at_the_first_point():
    expected = OFFSETS.copy()
    expected[0, :2] = 0
    assert np.array_equal(to_offsets(to_points(OFFSETS)), expected)


def test_a_pen_is_up_or_down():
    check_pen(OFFSETS)
    with pytest.raises(UserError, match=r"point 2: the pen must be 0 or 1, but is 0.5"):
        check_pen(np.array([[0, 0, 1], [0, 0, 0.5]], dtype=np.float32))
    with pytest.raises(UserError, match=r"a point must have dx, dy and pen, but has 2 numbers"):
        check_pen(OFFSETS[:, :2])


def test_strokes_end_where_the_pen_is_lifted():
    assert lists(to_lines(OFFSETS)) == [[[5, 5], [5, 15], [15, 15]], [[35, 10]]]


def test_a_drawing_that_ends_with_the_pen_down_keeps_its_last_stroke():
    assert lists(to_lines(OFFSETS[:2])) == [[[5, 5], [5, 15]]]


def test_strokes_and_offsets_are_two_ways_to_say_one_thing():
    again = of_lines(to_lines(OFFSETS))
    assert np.array_equal(again[1:], OFFSETS[1:])
    assert again[0].tolist() == [0, 0, 0]


def test_simplifying_by_hand():
    # (1, 0.4) is near the line from (0, 0) to (4, 0); (3, 2) is not.
    line = np.array([[0, 0], [1, 0.4], [3, 2], [4, 0]], dtype=np.float64)
    assert kept_points(line, 10).tolist() == [0, 3]
    # From (0, 0) to (3, 2) the point (1, 0.4) is |1 * 2 - 0.4 * 3| / |(3, 2)| = 0.22 off.
    assert kept_points(line, 0.3).tolist() == [0, 2, 3]
    assert kept_points(line, 0.2).tolist() == [0, 1, 2, 3]


def test_a_closed_stroke_is_not_taken_for_a_point():
    line = np.array([[0, 0], [5, 0], [5, 5], [0, 0]], dtype=np.float64)
    assert kept_points(line, 1).tolist() == [0, 1, 2, 3]


def test_a_point_beyond_the_end_of_a_segment_is_as_far_as_from_that_end():
    # (9, 0) lies on the line through (0, 0) and (4, 0), but not between them.
    line = np.array([[0, 0], [9, 0], [4, 0]], dtype=np.float64)
    assert kept_points(line, 1).tolist() == [0, 1, 2]


def distance(point, line) -> float:
    """Of a point from a polyline, by brute force."""
    shares = np.linspace(0, 1, 201)[:, None]
    pieces = (a + shares * (b - a) - point for a, b in pairwise(line))
    return min(np.hypot(*piece.T).min() for piece in pieces)


@pytest.mark.parametrize("tolerance", [0.0, 0.5, 3.0])
def test_no_dropped_point_is_farther_off_than_the_tolerance(tolerance):
    line = np.cumsum(np.random.default_rng(2).normal(size=(60, 2)), axis=0)
    kept = line[kept_points(line, tolerance)]
    assert all(distance(point, kept) <= tolerance + 0.02 for point in line)


def test_simplifying_keeps_strokes_their_ends_and_where_the_drawing_begins():
    fewer = simplified(OFFSETS, 100)
    assert fewer.tolist() == [[5, 5, 0], [10, 10, 1], [20, -5, 1]]


def drawings(data: Path, name: str) -> list[np.ndarray]:
    with np.load(data / "strokes" / f"{name}.npz") as arrays:
        points, lengths = arrays["test_points"][:20_000], arrays["test_lengths"][:100]
    return [each.astype(np.float32) for each in np.split(points, np.cumsum(lengths))[:100]]


def moved(offsets: list[np.ndarray], origin) -> list[np.ndarray]:
    """The same drawings as points, counted from what `origin` finds in those of each."""
    points = [to_points(each) for each in offsets]
    for each in points:
        each[:, :2] -= origin(each[:, :2])
    return [each.astype(np.float32) for each in points]


ORIGINS = {
    "first": lambda points: points[0].copy(),
    "middle": lambda points: points.mean(axis=0),
    "corner": lambda points: points.min(axis=0),
    "other corner": lambda points: points.max(axis=0),
    "before the first": lambda points: np.zeros(2),
}


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("name", ["kanji", "omniglot"])
def test_points_given_as_offsets_are_noticed_in_real_drawings(data, name, origin):
    offsets = drawings(data, name)
    assert not look_absolute(offsets)
    assert look_absolute(moved(offsets, ORIGINS[origin]))


@pytest.mark.parametrize("origin", ORIGINS)
def test_points_given_as_offsets_are_noticed_in_drawn_lines(origin):
    pytest.importorskip("HersheyFonts")
    offsets = [line.offsets for line in lines(3, 20, "dev")]
    assert not look_absolute(offsets)
    assert look_absolute(moved(offsets, ORIGINS[origin]))


def circles(strokes: int, points: int) -> np.ndarray:
    """Circles side by side, drawn slowly: neighbouring offsets are alike, but for the leaps."""
    turn = np.linspace(0, 2 * np.pi, points)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    return of_lines([circle + np.array([3 * number, 0]) for number in range(strokes)])


def test_the_offsets_of_a_slow_pen_are_no_points():
    assert not look_absolute([circles(5, 60)])
    assert look_absolute(moved([circles(5, 60)], ORIGINS["middle"]))


def test_a_pen_that_is_followed_through_the_air_does_not_leap():
    air = circles(1, 240)
    air[40:60, 2] = air[130:150, 2] = air[200:220, 2] = 1
    assert not look_absolute([air])


def test_points_given_as_offsets_are_refused_with_the_file():
    points = np.array([[100, 100, 0], [110, 105, 0], [120, 100, 1]], dtype=np.float32)
    with pytest.raises(UserError, match=r"a.npz: strokes must be offsets .* look like points"):
        check_offsets([points], "a.npz")


@pytest.mark.parametrize("name", ["kanji", "omniglot"])
def test_no_real_drawing_of_offsets_is_taken_for_points_among_them(data, name):
    offsets = drawings(data, name)
    usual = usual_move(offsets)
    for each in offsets:
        check_fellow(each, usual)


def test_no_drawings_look_like_nothing():
    assert not look_absolute([])


def ink(tmp_path: Path, body: str) -> str:
    path = tmp_path / "a.inkml"
    path.write_text(f'<ink xmlns="http://www.w3.org/2003/InkML">{body}</ink>')
    return str(path)


def test_inkml_traces_are_strokes(tmp_path):
    path = ink(tmp_path, "<trace>10 0, 9.5 -14</trace><trace>1 2</trace>")
    assert lists(read_inkml(path)) == [[[10, 0], [9.5, -14]], [[1, 2]]]


def test_inkml_channels_are_found_by_name(tmp_path):
    channels = "".join(f'<channel name="{name}"/>' for name in "TYX")
    body = (
        f"<traceFormat>{channels}</traceFormat><traceGroup><trace>7 1 2, 8 3 4</trace></traceGroup>"
    )
    assert lists(read_inkml(ink(tmp_path, body))) == [[[2, 1], [4, 3]]]


def test_inkml_differences_by_hand(tmp_path):
    # x: 10, then grows by 2, by 3; then 1 more than 3, and again 1 more. y stays, then is 7, 7.
    body = """<trace>10 5, '2 *, 3 *, "1 !7, * *</trace>"""
    expected = [[10, 5], [12, 5], [15, 5], [19, 7], [24, 7]]
    assert lists(read_inkml(ink(tmp_path, body))) == [expected]


def test_inkml_values_may_stand_without_blanks(tmp_path):
    assert lists(read_inkml(ink(tmp_path, "<trace>1125 18432,'23'43,7-8</trace>"))) == [
        [[1125, 18432], [1148, 18475], [1155, 18467]]
    ]


def test_inkml_traces_in_the_air_are_left_out(tmp_path):
    path = ink(tmp_path, '<trace>1 2</trace><trace type="penUp">3 4</trace>')
    assert lists(read_inkml(path)) == [[[1, 2]]]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "must have at least one trace, but has none."),
        ("<trace>1 2, 3</trace>", "trace 1, point 2: expected 2 values (X, Y), but found '3'."),
        ("<trace>1 2</trace><trace/>", "trace 2, point 1: expected 2 values (X, Y), but found ''."),
        ("<trace>1 b</trace>", "trace 1, point 1: expected 2 values (X, Y), but found '1 b'."),
        ("<trace>1 1e999</trace>",
         "trace 1, point 1: must have finite numbers of usual size, but is at (1, inf)."),
        ("<trace>1 2</trace><trace>3 4,1e300 5</trace>",
         "trace 2, point 2: must have finite numbers of usual size, but is at (1e+300, 5)."),
        ('<traceFormat><channel name="X"/></traceFormat><trace>1</trace>',
         "traces must have channels X and Y, but have X."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_ink_is_a_fault_of_the_file(tmp_path, body, reason):
    path = ink(tmp_path, body)
    fault = read_inkml(path)
    assert isinstance(fault, Fault)
    assert (str(fault.place), fault.reason) == (f"{path}:1", reason)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M1 2L3 4", [[[1, 2], [3, 4]]]),
        ("M1,2 3,4 5,6", [[[1, 2], [3, 4], [5, 6]]]),
        ("m1 2 3 4 5 6", [[[1, 2], [4, 6], [9, 12]]]),
        ("M1 2l3 4-5.5.5", [[[1, 2], [4, 6], [-1.5, 6.5]]]),
        ("M1 2H5V7h-1v-2", [[[1, 2], [5, 2], [5, 7], [4, 7], [4, 5]]]),
        ("M0 0H2V2Z", [[[0, 0], [2, 0], [2, 2], [0, 0]]]),
        ("M0 0H2zm5 5h1", [[[0, 0], [2, 0], [0, 0]], [[5, 5], [6, 5]]]),
        ("M0 0H2zH3", [[[0, 0], [2, 0], [0, 0]], [[0, 0], [3, 0]]]),
        ("M0 0 1e1-2E-1", [[[0, 0], [10, -0.2]]]),
        ("M1 1M2 2L3 3", [[[2, 2], [3, 3]]]),
        ("", []),
    ],
)
def test_path_data_by_hand(data, expected):
    found = lists(path_lines(data, 1))
    assert [[pytest.approx(point) for point in line] for line in expected] == found


# With a wide tolerance a curve is one chord, with a tolerance of bend * 0.75 / 4 it is two: its middle
# is B(1/2) = (p0 + 3 p1 + 3 p2 + p3) / 8.
CURVES = {
    "M0 0C0 4 8 4 8 0": [0, 0, 4, 3, 8, 0],
    "M1 1c0 4 8 4 8 0": [1, 1, 5, 4, 9, 1],
    "M0 0Q4 8 8 0": [0, 0, 4, 4, 8, 0],
    "M1 1q4 8 8 0": [1, 1, 5, 5, 9, 1],
}


@pytest.mark.parametrize("data", CURVES)
def test_the_middle_of_a_curve_by_hand(data):
    line = path_lines(data, 2.0)[0]
    assert len(line) == 3
    assert line.ravel().tolist() == pytest.approx(CURVES[data])


@pytest.mark.parametrize(
    ("smooth", "plain"),
    [
        ("M0 0C0 4 8 4 8 0S16 -4 16 0", "M0 0C0 4 8 4 8 0C8 -4 16 -4 16 0"),
        ("M0 0C0 4 8 4 8 0s8 -4 8 0", "M0 0C0 4 8 4 8 0C8 -4 16 -4 16 0"),
        ("M0 0L8 0S16 -4 16 0", "M0 0L8 0C8 0 16 -4 16 0"),
        ("M0 0Q4 8 8 0T16 0", "M0 0Q4 8 8 0Q12 -8 16 0"),
        ("M0 0Q4 8 8 0T16 0T24 0", "M0 0Q4 8 8 0Q12 -8 16 0Q20 8 24 0"),
        ("M0 0L8 0T16 0", "M0 0L8 0Q8 0 16 0"),
    ],
)
def test_smooth_curves_are_those_they_stand_for(smooth, plain):
    found, expected = (path_lines(data, 0.1)[0] for data in (smooth, plain))
    assert np.allclose(found, expected)


@pytest.mark.parametrize("tolerance", [1.0, 0.1, 0.01])
def test_no_curve_is_farther_from_its_chords_than_the_tolerance(tolerance):
    p = np.array([[0, 0], [90, 10], [-50, 70], [40, 60]], dtype=np.float64)
    line = path_lines("M0 0C90 10-50 70 40 60", tolerance)[0]
    for t in np.linspace(0, 1, 97):
        u = 1 - t
        point = u**3 * p[0] + 3 * u * u * t * p[1] + 3 * u * t * t * p[2] + t**3 * p[3]
        assert distance(point, line) <= tolerance + 0.01


def test_a_circle_of_four_curves_is_round():
    k = 0.5523
    data = f"M1 0C1 {k} {k} 1 0 1S-1 {k}-1 0-{k}-1 0-1 1-{k} 1 0"
    line = path_lines(data, 0.001)[0]
    assert [hypot(*point) for point in line] == pytest.approx([1.0] * len(line), abs=2e-3)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("L1 2", "a path must begin with M, but begins with 'L'."),
        ("M1", "'M' in a path must have 2 numbers, but has fewer."),
        ("M1 2C3 4L5 6", "'C' in a path must have 6 numbers, but has fewer."),
        ("M1 2A1 1 0 0 0 3 3", "arcs (A) in a path are not read. Convert them to curves."),
        ("M1 2Z3", "a path must have a command before '3', but has none."),
        ("1 2", "a path must have a command before '1', but has none."),
        ("M1 2 $", "a path must have commands and numbers only, but has '$'."),
        ("M1 1e999", "a path must have finite numbers, but one is too large."),
        ("M0 0C1e308 1e308 -1e308 1 2 2", "a path must have finite numbers, but one is too large."),
    ],
)
def test_bad_path_data_is_refused(data, reason):
    with pytest.raises(UserError) as error:
        path_lines(data, 1)
    assert str(error.value) == reason


def svg(tmp_path: Path, body: str, before: str = "") -> str:
    path = tmp_path / "a.svg"
    path.write_text(f'{before}<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>')
    return str(path)


def test_svg_elements_that_draw_in_their_order(tmp_path):
    body = """<defs><path d="M9 9L8 8"/></defs><text transform="scale(2)">1</text>
      <g><path d="M0 0L1 1"/><line x1="1" y1="2" x2="3" y2="4"/></g>
      <polyline points="5,6 7,8"/><polygon points="0 0 1 0 1 1"/>"""
    assert lists(read_svg(svg(tmp_path, body), 1)) == [
        [[0, 0], [1, 1]], [[1, 2], [3, 4]], [[5, 6], [7, 8]], [[0, 0], [1, 0], [1, 1], [0, 0]]
    ]  # fmt: skip


def test_a_document_type_is_passed_over(tmp_path):
    before = """<?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/svg10.dtd"
      [<!ATTLIST path d CDATA "M9 9L8 8">]>"""
    assert lists(read_svg(svg(tmp_path, '<path/><path d="M0 0L1 1"/>', before), 1)) == [
        [[0, 0], [1, 1]]
    ]


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY a "ha"><!ENTITY b "&a;&a;">', '<!ENTITY a SYSTEM "file:///etc/hostname">',
     '<!ENTITY % a "ha">'],
)  # fmt: skip
def test_entities_are_refused_where_they_are_declared(tmp_path, declared):
    path = svg(tmp_path, '<path d="M0 0L1 1"/>', f"<!DOCTYPE svg [\n{declared}]>")
    with pytest.raises(UserError, match=r"a.svg:2: an XML file must not declare entities"):
        settle(read_svg(path, 1), None)


def test_what_is_no_xml_is_refused_with_the_line(tmp_path):
    with pytest.raises(UserError, match=r"a.svg:1: must be well-formed XML"):
        settle(read_svg(svg(tmp_path, "<path>"), 1), None)


def test_packed_files_are_read(tmp_path):
    path = tmp_path / "a.svg.gz"
    path.write_bytes(gzip.compress(b'<svg><path d="M0 0L1 1"/></svg>'))
    assert lists(read_svg(str(path), 1)) == [[[0, 0], [1, 1]]]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<g transform="scale(2)"><path d="M0 0L1 1"/></g>',
         "strokes must have no transform, but <g> has one. "
         "Apply it in the program that drew them."),
        ('<rect width="3"/>', "must have at least one path that draws, but has none."),
        ('<path d="M0"/>', "'M' in a path must have 2 numbers, but has fewer."),
        ("<g>" * 5000 + "</g>" * 5000, "groups must not be so deeply nested."),
        ('<path d="M0 0L1 1"/><path d="M1 1L1e40 5"/>',
         "stroke 2, point 2: must have finite numbers of usual size, but is at (1e+40, 5)."),
        ('<path d="M0 0l2e38 5"/>',
         "stroke 1, point 2: must have finite numbers of usual size, but is at (2e+38, 5)."),
    ],
    ids=["transform", "no path", "bad path", "nested", "far", "farther apart than far"],
)  # fmt: skip
def test_what_is_wrong_with_an_svg_is_a_fault_of_the_file(tmp_path, body, reason):
    path = svg(tmp_path, body)
    fault = read_svg(path, 1)
    assert isinstance(fault, Fault)
    assert (str(fault.place), fault.reason) == (f"{path}:1", reason)


@pytest.mark.parametrize("name", ["a.svg", "a.inkml"])
def test_half_a_file_is_a_fault_and_stops_no_folder(tmp_path, name):
    (tmp_path / name).write_text("<ink><trace>1 2, 3")
    (tmp_path / "b.inkml").write_text("<ink><trace>1 2, 3 4, 5 1</trace></ink>")
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert len(read_drawings([str(tmp_path)], StrokeData(), bad=bad)) == 1
    assert f"{name}:1\tmust be well-formed XML" in (tmp_path / "bad.tsv").read_text()


@pytest.mark.parametrize("start", [0.0, 100.0, -100.0])
def test_one_drawing_of_points_that_leap_is_told_from_offsets(start):
    """Kanji leap from stroke to stroke, so that their offsets are large too."""
    random = np.random.default_rng(1)
    drawings = []
    for _ in range(30):
        lines = [
            random.uniform(-120, 120, 2) + random.normal(0, 25, (8, 2)).cumsum(0) for _ in range(6)
        ]
        drawings.append(of_lines(lines))
    usual = usual_move(drawings)
    for drawing in drawings:
        check_fellow(drawing, usual)
        points = to_points(drawing)
        points[:, :2] += 5 * start
        with pytest.raises(UserError, match="looks like points"):
            check_fellow(points.astype(np.float32), usual)
