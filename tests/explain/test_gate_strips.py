"""Pictures of gates over time: a strip for each layer, one scale for all."""

from xml.etree import ElementTree

import pytest

from seqloom.attribution.gates import Trace
from seqloom.errors import UserError
from seqloom.explain import png_stack, svg_stack
from seqloom.explain.gate_strips import gate_strips

SVG = "{http://www.w3.org/2000/svg}"
TRACES = [
    Trace("encoder 1", ("값", "<eos>"), {"i": (0.25, 0.5), "f": (1.0, 0.0), "|h|": (0.1, 0.2)}),
    Trace("decoder 1", ("k", "a", "<eos>"), {"r": (0.5, 0.5, 0.5), "z": (0.75, 0.5, 0.25)}),
]


@pytest.fixture(scope="module")
def drawing() -> ElementTree.Element:
    return ElementTree.fromstring(svg_stack(gate_strips(TRACES), "Gates & states"))


def test_a_square_is_as_dark_as_its_gate_is_open(drawing) -> None:
    squares = {
        square.findtext(SVG + "title"): square.get("fill-opacity")
        for square in drawing.iter(SVG + "rect")
        if square.find(SVG + "title") is not None
    }
    assert squares["input gate at 값: 0.25"] == "0.250"
    assert squares["update gate at k: 0.75"] == "0.750"
    assert squares["size of the state at <eos>: 0.20"] == "0.200"
    assert "forget gate at <eos>: 0.00" not in squares


def test_each_layer_has_its_name_its_tokens_and_its_gates(drawing) -> None:
    first, second = ([t.text for t in g.iter(SVG + "text")] for g in drawing.iter(SVG + "g"))
    assert first[:6] == [
        "encoder 1",
        "값",
        "<eos>",
        "input gate",
        "forget gate",
        "size of the state",
    ]
    assert second[:6] == ["decoder 1", "k", "a", "<eos>", "reset gate", "update gate"]


def test_strips_do_not_touch_and_end_with_the_one_scale(drawing) -> None:
    tops = [float(g.get("transform", "").split()[1].strip(")")) for g in drawing.iter(SVG + "g")]
    lines = [p for p in drawing.iter(SVG + "path") if p.get("class") == "grid"]
    assert len(lines) == 2
    assert tops[0] < tops[1] < float(drawing.get("height", "0"))
    texts = [text.text for text in drawing.iter(SVG + "text")]
    assert [text for text in texts if text and text.startswith("1.00")] == ["1.00"]


def test_a_page_does_not_take_strips_for_the_map(drawing) -> None:
    """What has data-s or data-t lights up with a token of the page."""
    assert not [e for e in drawing.iter() if {"data-s", "data-t"} & e.attrib.keys()]


def test_a_state_beyond_1_stretches_the_scale_of_all() -> None:
    beyond = Trace("encoder 1", ("a",), {"|h|": (4.0,)})
    assert [strip.largest for strip in gate_strips([beyond, TRACES[0]])] == [4.0, 4.0]


def test_a_png_is_drawn(tmp_path) -> None:
    png_stack(gate_strips(TRACES), "Gates", tmp_path / "gates.png")
    assert (tmp_path / "gates.png").read_bytes().startswith(b"\x89PNG")


def test_a_model_without_cells_has_no_picture_of_gates() -> None:
    with pytest.raises(UserError, match="has none"):
        gate_strips([])
