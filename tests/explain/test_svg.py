import re
from xml.etree import ElementTree

import pytest

from seqloom.explain import svg_map
from seqloom.explain.svg import LARGE, SMALL, side, upright_limit

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("token", ["a", "한", "<script>&\"'", "\u0000", "مرحبا", "क्ष"])
def test_the_picture_is_well_formed_xml_whatever_the_tokens(make_result, token: str) -> None:
    root = ElementTree.fromstring(svg_map(make_result([token], [token])))
    assert root.tag == SVG + "svg"


def test_each_square_tells_its_tokens_and_weight(make_result) -> None:
    root = ElementTree.fromstring(svg_map(make_result(["a"], ["<b>"])))
    titles = {
        (square.get("data-t"), square.get("data-s")): square.findtext(SVG + "title")
        for square in root.iter(SVG + "rect")
        if square.get("data-t")
    }
    assert titles == {
        ("0", "0"): "<b> ← a: 0.70",
        ("0", "1"): "<b> ← <eos>: 0.30",
        ("1", "0"): "<eos> ← a: 0.30",
        ("1", "1"): "<eos> ← <eos>: 0.70",
    }


def test_the_opacity_of_a_square_is_its_weight(make_result) -> None:
    root = ElementTree.fromstring(svg_map(make_result(["a"], ["b"])))
    opacities = [r.get("fill-opacity") for r in root.iter(SVG + "rect") if r.get("data-t")]
    assert opacities == ["0.700", "0.300", "0.300", "0.700"]


def test_the_picture_follows_the_colour_scheme_and_loads_nothing(make_result) -> None:
    picture = svg_map(make_result(["한"], ["b"]))
    assert "prefers-color-scheme: dark" in picture
    assert re.findall(r"href|@import|url\((?!data:)", picture) == []


def test_all_that_is_drawn_lies_within_the_picture(make_result) -> None:
    root = ElementTree.fromstring(svg_map(make_result(["word"] * 60, ["wort"] * 60)))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for square in root.iter(SVG + "rect"):
        assert 0 <= float(square.get("x", 0)) <= width - float(square.get("width", 0)) + 0.01
        assert 0 <= float(square.get("y", 0)) <= height - float(square.get("height", 0)) + 0.01


def test_squares_shrink_from_few_tokens_to_many() -> None:
    assert [side(3), side(60)] == [LARGE, SMALL]
    assert side(26) == (LARGE + SMALL) / 2


def test_characters_stand_upright_and_words_slant() -> None:
    assert upright_limit([*"2024년", "<eos>"]) == 2
    assert upright_limit(["the", "cat", "<eos>"]) == 0
