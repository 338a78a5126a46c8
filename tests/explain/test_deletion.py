"""Pictures of the deletion curve: the points are where the figures say, and the figure is stated."""

from xml.etree import ElementTree

import numpy as np
import pytest

from seqloom.attribution import Attribution, Faithfulness
from seqloom.errors import UserError
from seqloom.explain import png_deletion, svg_deletion
from seqloom.explain.deletion import deletion_curve, ticks

SVG = "{http://www.w3.org/2000/svg}"
CURVES = Faithfulness(
    erased=(0, 1, 2, 4),
    ordered=(-1.0, -3.0, -4.0, -5.0),
    random=(-1.0, -2.0, -3.0, -5.0),
    area=0.75,
    spread=0.25,
    erasing="unk",
    order=(2, 0, 1, 3),
)


def attribution(faithfulness: Faithfulness | None = CURVES) -> Attribution:
    tokens = ("값", "<&", "어", "ab", "<eos>")
    weights = np.zeros((1, 5), np.float32)
    return Attribution("occlusion", tokens, ("k",), weights, faithfulness, ("A note & more.",))


@pytest.fixture(scope="module")
def drawing() -> ElementTree.Element:
    return ElementTree.fromstring(svg_deletion(deletion_curve(attribution())))


def points(drawing: ElementTree.Element, kind: str) -> np.ndarray:
    [line] = [each for each in drawing.iter(SVG + "polyline") if each.get("class") == kind]
    return np.array([[*map(float, at.split(","))] for at in line.get("points", "").split()])


def test_a_point_stands_where_its_figures_say(drawing) -> None:
    """Both axes are even: erased 0, 1, 2, 4 across; log p downwards, 1 nat as far everywhere."""
    line, chance = points(drawing, "line"), points(drawing, "line chance")
    stride = line[1, 0] - line[0, 0]
    assert (line[:, 0] - line[0, 0]) / stride == pytest.approx(CURVES.erased, abs=0.01)
    nat = chance[1, 1] - chance[0, 1]
    assert (line[:, 1] - line[0, 1]) / nat == pytest.approx([0, 2, 3, 4], abs=0.01)
    assert (chance[:, 1] - chance[0, 1]) / nat == pytest.approx([0, 1, 2, 4], abs=0.01)
    assert nat > 0


def test_what_was_erased_stands_below_in_the_order_of_the_map(drawing) -> None:
    """The last stride erased two tokens: the last of them is named."""
    texts = [text.text for text in drawing.iter(SVG + "text")]
    assert [text for text in texts if text in ("값", "어", "<&", "ab +1")] == ["어", "값", "ab +1"]


def test_the_figure_its_chance_and_the_notes_are_stated(drawing) -> None:
    texts = [text.text for text in drawing.iter(SVG + "text")]
    assert "faithfulness +0.75 nats (chance ±0.25): better than chance" in texts
    assert {"Deletion curve: Occlusion", "A note & more."} <= set(texts)
    assert "faithfulness +0.75 nats" in drawing.get("aria-label", "")


def test_nothing_is_drawn_beyond_the_paper(drawing) -> None:
    width, height = (float(drawing.get(side, "0")) for side in ("width", "height"))
    for kind in ("line", "line chance"):
        xs, ys = points(drawing, kind).T
        assert 0 < xs.min() <= xs.max() < width
        assert 0 < ys.min() <= ys.max() < height


@pytest.mark.parametrize(("low", "high"), [(-5.0, -1.0), (-0.011, -0.01), (-800, 0), (-1.0, -1.0)])
def test_ticks_are_few_and_hold_what_is_drawn(low: float, high: float) -> None:
    found = ticks(low, high)
    assert found[0] <= low <= high <= found[-1] + 1e-9
    assert 2 <= len(found) <= 8
    assert np.diff(found) == pytest.approx(found[1] - found[0])


def test_a_png_is_drawn(tmp_path) -> None:
    png_deletion(deletion_curve(attribution()), tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("nothing", [None, attribution(None)])
def test_where_nothing_was_erased_there_is_no_curve(nothing) -> None:
    with pytest.raises(UserError, match="two tokens or more"):
        deletion_curve(nothing)
