"""The page in a real browser, before a service of models that write what comes next."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.slow.pages import Open, browsing, expect, opening
from tests.slow.test_serve import Service, serving
from tests.test_generator import run_of

pytestmark = pytest.mark.slow

SMALL = ["model.window.gaussians=2", "model.readout.components=2", "generation.max_length=40"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("runs")
    runs = [
        run_of(folder / "hand", "synthesis", *SMALL),
        run_of(folder / "free", "handwriting", "generation.max_length=40"),
        run_of(folder / "book", "text"),
    ]
    with serving(*runs) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def opened(browser: Any, service: Service) -> Iterator[Open]:
    with opening(browser, service.address) as open_page:
        yield open_page


def lines(page: Any) -> list[str]:
    """The strokes as they are drawn by now."""
    expect(page.locator(".drawing")).to_be_visible()
    return page.locator(".drawing polyline").evaluate_all(
        "all => all.map((line) => line.getAttribute('points'))"
    )


def slider(page: Any) -> Any:
    return page.locator(".strokes input")


def test_what_is_typed_is_written_by_hand(opened: Open) -> None:
    page = opened("m=hand")
    page.get_by_label("Text to write by hand").press_sequentially("fox")
    expect(page.locator(".drawing")).to_have_attribute("aria-label", "fox")
    expect(page.locator(".letters .token")).to_have_text(["f", "o", "x"])
    assert all(lines(page))
    expect(page.locator("#spoken")).to_have_text(re.compile(r"^fox: drawn in \d+ points\.$"))
    assert not page.locator("#beam").is_visible()


def test_a_drawing_is_replayed_along_the_window(opened: Open) -> None:
    page = opened("m=hand&s=fox")
    whole = lines(page)
    points = slider(page).get_attribute("max")
    slider(page).focus()
    page.keyboard.press("Home")
    assert not any(lines(page))
    page.keyboard.press("ArrowRight")
    expect(slider(page)).to_have_attribute(
        "aria-valuetext", re.compile(f"^Point 1 of {points}, writing [fox]$")
    )
    page.get_by_role("button", name="Draw again").click()
    expect(slider(page)).to_have_value(points)
    assert lines(page) == whole


def test_who_wants_less_motion_gets_a_stroke_for_each_press(opened: Open) -> None:
    page = opened("m=hand&s=fox+abc&i=0", reduced_motion="reduce")
    whole = lines(page)
    button = page.get_by_role("button", name="Next stroke")
    for count in range(1, len(whole) + 1):
        button.press("Enter")
        assert [line for line in lines(page) if line] == whole[:count]


def test_another_one_is_another_seed_and_its_address_shows_it_again(opened: Open) -> None:
    page = opened("m=hand&s=fox")
    first = lines(page)
    page.get_by_role("button", name="Another one").press("Enter")
    expect(page.locator("#seed")).to_have_value("2")
    expect(page.locator(".drawing polyline").first).not_to_have_attribute("points", first[0])
    second = lines(page)
    assert "r=2" in page.url
    page.reload()
    assert lines(page) == second


def test_neatness_is_part_of_the_question(opened: Open) -> None:
    page = opened("m=hand&s=fox")
    first = lines(page)
    page.get_by_label("Neatness").fill("999")
    page.keyboard.press("Tab")
    expect(page.locator("#bias")).to_have_value("20")
    expect(page.locator(".drawing polyline").first).not_to_have_attribute("points", first[0])
    assert "i=20" in page.url


def test_free_drawings_ask_for_nothing_to_be_typed(opened: Open) -> None:
    page = opened("m=free")
    assert lines(page)
    assert not page.locator("#source").is_visible()
    assert page.locator(".letters").count() == 0


def test_a_text_goes_on_from_what_is_typed(opened: Open) -> None:
    page = opened("m=book")
    page.get_by_label("Beginning of the text").fill("abc né")
    expect(page.locator(".given")).to_have_text("abc né")
    expect(page.locator(".unknown")).to_contain_text("né"[1])
    assert not page.locator("#bias").is_visible()


def test_a_letter_that_was_never_learnt_is_said_in_the_readers_language(opened: Open) -> None:
    page = opened("m=hand", locale="ko-KR")
    page.get_by_label("손글씨로 쓸 글").fill("각")
    expect(page.locator("#status")).to_contain_text("모델이 배운 적 없는 글자가 있습니다.")


def test_a_drawing_fits_a_phone(opened: Open) -> None:
    page = opened("m=hand&s=abc+fox+abc+fox", viewport={"width": 360, "height": 740})
    assert lines(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
