"""Sheets of drawings and forecast plots."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from seqloom.explain.series import Forecast, bands, forecast_plot, quantiles_of
from seqloom.explain.strokes import HEIGHT, MARGIN, Drawing, layout, svg_sheet
from seqloom.explain.strokes_png import png_sheet

# A corner (down, then right), then a dot above its end.
CORNER = np.array([[5, 5, 0], [0, 10, 0], [10, 0, 1], [0, -8, 1]], dtype=np.float32)
SVG = "{http://www.w3.org/2000/svg}"


def paths(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}path"))


def test_a_drawing_fills_its_cell_and_keeps_its_shape():
    cell = layout([Drawing(CORNER)]).cells[0]
    corner, dot = cell.drawn
    side = HEIGHT - 2 * MARGIN
    start = np.array([cell.left + MARGIN, cell.top + MARGIN])
    assert np.allclose(corner - start, [[0, 0], [0, side], [side, side]])
    assert np.allclose(dot - start, [[side, 0.2 * side]])


def test_the_pen_leaves_no_line_in_the_air():
    corner, dot = (path.get("d", "") for path in paths(svg_sheet([Drawing(CORNER)])))
    assert corner.count("L") == 2
    first, second = re.findall(r"[\d.]+ [\d.]+", dot)
    assert first == second


def test_what_was_given_is_drawn_apart_and_the_line_goes_on():
    cell = layout([Drawing(CORNER, given=2)]).cells[0]
    assert [len(line) for line in cell.given] == [2]
    assert [len(line) for line in cell.drawn] == [2, 1]
    assert np.array_equal(cell.given[0][-1], cell.drawn[0][0])
    assert [path.get("class") for path in paths(svg_sheet([Drawing(CORNER, given=2)]))] == [
        "given", None, None
    ]  # fmt: skip


def test_nothing_is_joined_after_a_given_stroke_that_has_ended():
    cell = layout([Drawing(CORNER, given=3)]).cells[0]
    assert [len(line) for line in cell.drawn] == [1]


@pytest.mark.parametrize(("count", "columns"), [(1, None), (7, 3), (30, None)])
def test_no_two_cells_overlap_and_all_are_on_the_sheet(count, columns):
    sheet = layout([Drawing(CORNER, "so")] * count, columns)
    places = {(cell.left, cell.top) for cell in sheet.cells}
    assert len(places) == count
    assert max(left for left, _ in places) + sheet.cell_width < sheet.width
    assert max(top for _, top in places) + HEIGHT < sheet.height
    assert len({left for left, _ in places}) <= (columns or count)


@pytest.mark.parametrize("offsets", [[[3, 4, 1]], [[3, 4, 0], [5, 0, 1]], [[0, 0, 0], [0, 7, 0]]])
def test_drawings_without_height_or_width_are_drawn(tmp_path, offsets):
    drawing = Drawing(np.array(offsets, dtype=np.float32))
    assert all(np.isfinite(line).all() for line in layout([drawing]).cells[0].drawn)
    png_sheet([drawing], tmp_path / "a.png")
    assert ink(tmp_path / "a.png")


def ink(path: Path) -> int:
    """Dark pixels."""
    with Image.open(path) as picture:
        return int((np.asarray(picture.convert("L")) < 128).sum())


def test_captions_are_text_and_never_markup():
    root = ElementTree.fromstring(svg_sheet([Drawing(CORNER, "1 < 2 & $x$")]))
    assert [text.text for text in root.iter(f"{SVG}text")] == ["1 < 2 & $x$"]


def test_the_png_picture_is_of_the_same_sheet(tmp_path):
    drawings = [Drawing(CORNER, "1 < 2 & $x$"), Drawing(CORNER, given=2)]
    png_sheet(drawings, tmp_path / "a.png")
    sheet = layout(drawings)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width / picture.height == pytest.approx(sheet.width / sheet.height, rel=0.01)
    assert ink(tmp_path / "a.png")


def test_quantiles_of_samples_by_hand():
    samples = np.array([[0, 10], [1, 20], [2, 60]], dtype=np.float32)
    found = quantiles_of(samples, (0.0, 0.5, 1.0))
    assert {level: values.tolist() for level, values in found.items()} == {
        0.0: [0, 10], 0.5: [1, 20], 1.0: [2, 60]
    }  # fmt: skip


def test_bands_are_as_far_below_as_above_the_middle():
    assert bands((0.75, 0.05, 0.5, 0.25, 0.95, 0.1)) == [(0.05, 0.95), (0.25, 0.75)]


def test_a_forecast_is_drawn_with_and_without_what_came(tmp_path):
    known = np.arange(5, dtype=np.float32)
    quantiles = quantiles_of(np.arange(12, dtype=np.float32).reshape(4, 3))
    forecasts = [Forecast("$load$", known, quantiles, known[:3]), Forecast("oil", known, quantiles)]
    forecast_plot(forecasts, tmp_path / "a.png", step="hour")
    assert ink(tmp_path / "a.png")
