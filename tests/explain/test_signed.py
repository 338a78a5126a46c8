"""Pictures of figures that may be below 0 and of any size."""

from xml.etree import ElementTree

import numpy as np
import pytest

from seqloom.explain import html_page, png_picture, svg_picture
from seqloom.explain.attention_map import AttentionMap
from seqloom.explain.terminal import TerminalMap

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def signed() -> AttentionMap:
    weights = np.array([[4.0, -2.0], [0.0, 1.0]], dtype=np.float32)
    return AttentionMap(
        ("a", "b"), ("x", "y"), weights, ("a note",), "Occlusion & more", 4.0, True, "nats"
    )


def test_a_square_is_as_strong_as_its_share_of_the_largest_and_says_for_or_against(signed) -> None:
    root = ElementTree.fromstring(svg_picture(signed))
    squares = [r for r in root.iter(SVG + "rect") if r.get("data-t")]
    assert [
        (s.get("class"), s.get("fill-opacity"), s.findtext(SVG + "title")) for s in squares
    ] == [
        ("weight", "1.000", "x ← a: +4.00"),
        ("weight against", "0.500", "x ← b: -2.00"),
        ("weight", "0.250", "y ← b: +1.00"),
    ]


def test_a_picture_has_its_title_notes_and_the_ends_of_its_scale(signed) -> None:
    root = ElementTree.fromstring(svg_picture(signed))
    texts = [text.text for text in root.iter(SVG + "text")]
    assert {"Occlusion & more", "a note", "-4.00", "+4.00 nats"} <= set(texts)


def test_the_terminal_marks_what_speaks_against(signed) -> None:
    lines = str(TerminalMap(signed)).splitlines()
    assert lines[1] == "x ██ -▓"
    assert lines[2] == "y ·  ▒▒"
    assert "Occlusion & more, as a share of +4.00 nats" in lines[3]


def test_a_page_hands_the_script_signed_shares(signed, make_result) -> None:
    page = html_page([make_result(["a"], ["x"])], "t", maps=[[signed]])
    assert 'data-weights="1 -0.5"' in page
    assert "<td>-2.00</td>" in page
    assert "Occlusion &amp; more" in page
    assert "what it owes to the source" in page


def test_a_png_is_drawn(signed, tmp_path) -> None:
    png_picture(signed, tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_small_figures_keep_their_digits() -> None:
    tiny = AttentionMap(("a",), ("x",), np.array([[0.004]], np.float32), (), "Gradient norm", 0.004)
    assert tiny.told(0.004) == "4.0e-03"
    assert tiny.ends == ("0", "4.0e-03 weight")
