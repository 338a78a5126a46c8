"""The colours of pictures: what can be read on what, and that every picture keeps to them."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.explain.drawn import PICTURES

from seqloom.errors import UserError
from seqloom.explain import svg
from seqloom.explain.document import SHADES, SHADES_AGAINST
from seqloom.explain.paper import blues, signed
from seqloom.explain.strokes import STYLE
from seqloom.explain.theme import DARK, LIGHT, THEMES, Theme, contrast, on, theme_of, variables

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
READABLE = 4.5
ON_SHADES = {"confusion", "document"}
"""Pictures with text on light shades, which is black."""
SHADES_OF_GREY = [f"#{value:02x}{value:02x}{value:02x}" for value in range(256)]


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # #767676 is the lightest grey that passes on white.
    assert contrast("#767676", "#ffffff") >= READABLE > contrast("#777777", "#ffffff")


@themes
@pytest.mark.parametrize("name", ["ink", "quiet", "focus", "given", "weight", "against"])
def test_text_and_lines_can_be_read_on_the_paper(theme: Theme, name: str) -> None:
    assert contrast(getattr(theme, name), theme.paper) >= READABLE


@themes
@pytest.mark.parametrize("name", ["half", "half_against"])
def test_ink_can_be_read_on_the_shades_of_a_page(theme: Theme, name: str) -> None:
    assert contrast(theme.ink, getattr(theme, name)) >= READABLE


def test_what_stands_on_any_shade_can_be_read() -> None:
    assert min(contrast(on(grey), grey) for grey in SHADES_OF_GREY) >= READABLE


@themes
def test_what_stands_on_a_shade_of_a_picture_can_be_read(theme: Theme) -> None:
    for colours in (blues(theme), signed(theme)):
        for share in np.linspace(0, 1, 101):
            assert contrast(on(colours(share)), colours(share)) >= READABLE


@pytest.mark.parametrize(("least", "ink", "paper"), [*SHADES, *SHADES_AGAINST])
def test_shaded_words_of_the_terminal_can_be_read(least: float, ink: str, paper: str) -> None:
    assert contrast(ink, paper) >= READABLE


@themes
def test_more_is_further_from_the_paper(theme: Theme) -> None:
    for colours in (blues(theme), lambda share: signed(theme)(0.5 - 0.5 * share)):
        apart = [contrast(colours(share), theme.paper) for share in np.linspace(0, 1, 21)]
        assert all(more > less for less, more in pairwise(apart))


@themes
def test_for_and_against_differ_for_the_colour_blind(theme: Theme) -> None:
    """Blue is what red-green blindness leaves apart: one has more blue than red, the other less."""
    for colour, sign in ((theme.weight, 1), (theme.half, 1), (theme.against, -1),
                         (theme.half_against, -1)):  # fmt: skip
        red, _, blue = bytes.fromhex(colour[1:])
        assert sign * (blue - red) > 60


def test_drawings_and_pages_have_the_colours_of_both() -> None:
    for style in (svg.STYLE, STYLE, variables()):
        light, dark = style.split("@media (prefers-color-scheme: dark)")
        assert LIGHT.paper in light
        assert DARK.paper in dark
        assert LIGHT.ink not in dark


def test_a_theme_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UserError, match=r"no theme 'drak'. Did you mean 'dark'"):
        theme_of("drak")  # type: ignore[arg-type]


@themes
@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_every_picture_stands_on_the_paper_of_its_theme(
    tmp_path: Path, draw: Callable[[Path, Theme], None], theme: Theme
) -> None:
    draw(tmp_path / "a.png", theme)
    with Image.open(tmp_path / "a.png") as picture:
        found = np.asarray(picture.convert("RGB"))
    paper = np.array(list(bytes.fromhex(theme.paper[1:])))
    edges = np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]])
    assert (edges == paper).all()


@pytest.mark.parametrize("name", sorted({*PICTURES} - ON_SHADES))
def test_no_text_of_a_dark_picture_is_black(tmp_path: Path, name: str) -> None:
    PICTURES[name](tmp_path / "a.png", DARK)
    with Image.open(tmp_path / "a.png") as picture:
        brightest = np.asarray(picture.convert("RGB")).max(axis=2)
    assert brightest.min() >= max(bytes.fromhex(DARK.paper[1:])) - 2
