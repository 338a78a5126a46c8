"""phi(t, u) over a drawing: which character each point was drawn for, as a drawing and as a page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from seqloom.explain.window import Window
from seqloom.explain.window_html import window_page
from seqloom.explain.window_svg import SHADES, draw_window, svg_window

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<b>&\"'"
# Two points given; then three for 'a', one for '<', the pen lifted after the second of them.
OFFSETS = np.array(
    [[0, 0, 0], [5, 0, 0], [5, 0, 0], [5, 0, 1], [0, 9, 0], [5, 0, 1]], dtype=np.float32
)
PHI = np.array([[2.0, 0.1], [1.5, 0.0], [1.0, 0.5], [0.0, 1.0]], dtype=np.float32)


@pytest.fixture(scope="module")
def window() -> Window:
    return Window(PHI, "a<", OFFSETS)


@pytest.fixture(scope="module")
def drawing(window: Window) -> ElementTree.Element:
    return ElementTree.fromstring(svg_window(window))


def made(points: int, text: str) -> Window:
    """The window goes down the text at an even pace; the pen goes to the right."""
    at = np.linspace(0, len(text) - 1, points)[:, None]
    phi = np.exp(-((at - np.arange(len(text))) ** 2)).astype(np.float32)
    offsets = np.tile(np.array([[3, 1, 0]], np.float32), (points, 1))
    return Window(phi, text, offsets)


def test_each_character_has_the_points_that_looked_at_it_most(window: Window) -> None:
    assert [str(found) for found in window.stretches()] == ["points 1-3 (3)", "points 4-4 (1)"]
    assert [found.most for found in window.stretches()] == [2.0, 1.0]
    assert [str(found) for found in Window(PHI[:3], "a<", OFFSETS[:5]).stretches()][1] == "none"


def test_a_line_is_cut_where_the_pen_is_lifted_and_where_the_window_moves_on(
    window: Window,
) -> None:
    lines = window.lines()
    assert [(line.character, line.points.tolist()) for line in lines] == [
        (None, [[0, 0], [5, 0]]),
        (0, [[5, 0], [10, 0], [15, 0]]),
        (1, [[15, 9], [20, 9]]),
    ]


def test_a_stroke_of_one_point_is_a_dot() -> None:
    offsets = np.array([[1, 1, 1], [2, 2, 1]], dtype=np.float32)
    lines = Window(np.eye(2, dtype=np.float32), "ab", offsets).lines()
    assert [(line.character, len(line.points)) for line in lines] == [(0, 1), (1, 1)]


def test_shades_are_shares_of_the_most(drawing: ElementTree.Element) -> None:
    """phi over 2, in steps of one sixteenth: 2 and 1.5 are 1 and 3/4, 0.1 is one step."""
    paths = [p for p in drawing.iter(f"{SVG}path") if p.get("class") == "weight"]
    found = {float(p.get("fill-opacity", "0")) * SHADES for p in paths}
    assert sorted(found) == pytest.approx([1, 4, 8, 12, 16], abs=0.01)
    half = next(p for p in paths if p.get("fill-opacity") == "0.500")
    assert half.get("d", "").count("M") == 2  # the third point of 'a', the last of '<'


def test_the_rows_tell_what_they_are(drawing: ElementTree.Element) -> None:
    rows = [r for r in drawing.iter(f"{SVG}rect") if r.get("data-s")]
    assert [row.findtext(f"{SVG}title") for row in rows] == [
        "a: points 1-3 (3), φ up to 2.00",
        "<: points 4-4 (1), φ up to 1.00",
    ]


def test_what_was_given_belongs_to_no_character(drawing: ElementTree.Element) -> None:
    pens = [p for p in drawing.iter(f"{SVG}path") if "pen" in p.get("class", "")]
    assert [(pen.get("class"), pen.get("data-s")) for pen in pens] == [
        ("pen given", None),
        ("pen", "0"),
        ("pen", "1"),
    ]


@pytest.mark.parametrize(("points", "text"), [(1, "a"), (9, "한국어"), (1500, "ab c " * 12)])
def test_all_of_it_lies_on_the_paper(points: int, text: str) -> None:
    drawn = draw_window(made(points, text))
    root = ElementTree.fromstring(drawn)
    width, height = (float(root.get(name, "0")) for name in ("width", "height"))
    pens = [p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("class") == "pen"]
    places = [tuple(map(float, xy)) for d in pens for xy in re.findall(r"([\d.]+) ([\d.]+)", d)]
    assert places
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
    assert width < 1000
    assert len(drawn) < 200_000


def test_a_page_lights_a_character_up_with_its_row_and_its_lines(window: Window) -> None:
    page = window_page(window)
    for place in "01":
        assert page.count(f'data-s="{place}"') >= 4  # token, label, row and line
    assert "<td>points 1-3 (3)</td><td>2.00</td>" in page


def test_text_from_outside_never_becomes_markup() -> None:
    page = window_page(made(9, EVIL))
    assert "<b>" not in page
    assert "&lt;" in page


def test_the_page_fetches_nothing(window: Window) -> None:
    page = window_page(window)
    assert not re.findall(r"""(?:src|href|action)\s*=|url\((?!data:)|@import""", page)
    assert page.count("http") == page.count("http://www.w3.org/2000/svg")
