"""The explorer page in a real browser, before a real `seqloom serve` with small models.

    letters   pronounces Hangul and Latin letters, with attention (tests/fixtures)
    plain     random weights, without attention
    reviews   classifies documents

What the page shows is compared with what the same models say without a service.
"""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from benchmarks.serve.service import Service, running
from tests.documents.reviews import SMALL, reviews, write
from tests.export.runs import saved
from tests.slow.pages import browsing, chip, expect, opening, output

import seqloom
from seqloom.config import Search, Sutskever
from seqloom.data.example import Example

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchecked_shapes")]

LETTERS = Path(__file__).parents[1] / "fixtures" / "run-format-1"
CONTRAST = Path(__file__).with_name("page_contrast.js").read_text(encoding="utf-8")
BEAM = 4
READABLE = 4.5
REVIEW = reviews(1, 9)[0][0]


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("served")
    search = Search(min_length=2, max_length=6)  # random weights like to say nothing
    saved(place / "plain", decoder=Sutskever(hidden=6, embedding=7), search=search)
    train, changes = write(place / "train.tsv", 60, 1), [*SMALL, "training.max_epochs=2"]
    seqloom.train("han2016", data=[train], out=place / "reviews", set=changes, quiet=True)
    return {"letters": LETTERS, "plain": place / "plain", "reviews": place / "reviews"}


@pytest.fixture(scope="module")
def service(models: dict[str, Path]) -> Iterator[Service]:
    with running(*(f"{name}={folder}" for name, folder in models.items())) as service:
        yield service


@pytest.fixture(scope="module")
def letters():
    """What the pronouncing model says of a source without a service."""
    model = seqloom.load(LETTERS, "cpu")

    def said(source: str, tag: str = "ko", **settings):
        example = Example(source, features=(tag,) if tag else ())
        return model.predict(example, beam=BEAM, nbest=BEAM, **settings)

    return said


@pytest.fixture
def opened(browser, service):
    """Opens the page with what the address says after '#'."""
    with opening(browser, service.address) as open_page:

        def open_state(locale="en", address=service.address, scheme="light", **state):
            return open_page(urlencode(state), locale, address, color_scheme=scheme)

        yield open_state


def spelled(token: str) -> str:
    """As the page writes it."""
    return "end" if token == "<eos>" else token


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_what_is_typed_is_answered_as_it_is_offline(opened, letters):
    page = opened(f="ko")
    page.locator("#source").press_sequentially("나라")
    right = letters("나라")
    expect(output(page)).to_have_text(right.text)
    expect(page.locator(".nbest .text")).to_have_text([each.text for each in right.outputs])
    expect(page.locator(".row.source button")).to_have_text(list(map(spelled, right.source_tokens)))
    expect(page.locator("#status")).to_have_text(re.compile(r"^Answered in \d+ ms$"))


def test_pointing_lights_what_the_model_looked_at(opened, letters):
    page = opened(s="나라", f="ko")
    right = letters("나라")
    weights = right.outputs[0].attention
    strongest = spelled(right.source_tokens[weights[1].argmax()])
    chip(page, "target", 1).hover()
    expect(chip(page, "target", 1)).to_have_class(re.compile("chosen"))
    expect(page.locator(".readout")).to_contain_text(f"Looks at {strongest} {weights[1].max():.0%}")
    expect(page.locator(".strands path.lit").first).to_be_attached()
    best = weights[:, 0].argmax()
    chip(page, "source", 0).hover()
    expect(page.locator(".readout")).to_contain_text(
        f"Looked at by {spelled(right.outputs[0].tokens[best])} {weights[best, 0]:.0%}"
    )


def test_an_alternative_is_found_by_keyboard_and_decoding_goes_on_from_it(opened, letters):
    page = opened(s="나라", f="ko")
    first = letters("나라").outputs[0]
    chip(page, "target", 0).focus()
    page.keyboard.press("ArrowRight")
    expect(chip(page, "target", 1)).to_be_focused()
    other = page.locator(".steps > li").nth(1).locator("button:not([aria-current])").first
    other.focus()
    page.keyboard.press("Enter")
    held = page.locator(".held-bar .token")
    expect(held).to_have_count(2)
    tokens = held.all_inner_texts()
    assert tokens[0] == first.tokens[0]
    assert tokens[1] != first.tokens[1]
    expect(output(page)).to_have_text(letters("나라", prefix_tokens=tokens).text)
    page.locator(".undo").click()
    expect(output(page)).to_have_text(first.text)


def test_two_models_with_and_without_attention_answer_side_by_side(opened, letters, models):
    page = opened(s="ab", m="letters", b=BEAM)
    page.locator("#compare").select_option("plain")
    plain = seqloom.load(models["plain"], "cpu").predict("ab", beam=BEAM, nbest=BEAM)
    expect(output(page, 0)).to_have_text(letters("ab", tag="").text)
    expect(output(page, 1)).to_have_text(plain.text)
    expect(page.locator(".panel").nth(0).locator(".strands")).to_be_visible()
    expect(page.locator(".panel").nth(1)).to_contain_text("no attention")


def test_a_syllable_put_together_is_asked_for_once(opened, letters):
    page = opened(f="ko", locale="ko-KR")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data_json))
    page.locator("#source").focus()
    keyboard = page.context.new_cdp_session(page)
    for part in ("ㄴ", "나", "낟"):
        keyboard.send(
            "Input.imeSetComposition", {"text": part, "selectionStart": 1, "selectionEnd": 1}
        )
    keyboard.send("Input.insertText", {"text": "나"})
    expect(output(page)).to_have_text(letters("나").text)
    assert [body["source"] for body in asked if body] == ["나"]


def test_a_source_too_long_is_refused_in_the_services_words(opened, service, letters):
    page = opened(s="나라", f="ko")
    long = "가" * 2001
    refusal = httpx.post(f"{service.address}/v1/explain", json={"source": long}).json()["error"]
    page.locator("#source").fill(long)
    expect(page.locator("#status")).to_have_text(f"No answer: {refusal['message']}")
    expect(output(page)).to_have_text(letters("나라").text)
    page.locator("#source").fill("나")
    expect(output(page)).to_have_text(letters("나").text)
    expect(page.locator("#status")).to_have_text(re.compile("^Answered"))


def test_a_slow_model_is_waited_for_in_words(opened, service, letters):
    page = opened(s="나라", f="ko")
    expect(output(page)).to_have_text(letters("나라").text)
    with stopped(service.workers[0]):
        page.locator("#source").fill("나")
        expect(page.locator(".note")).to_have_text("Still working…")
        expect(page.locator(".panel")).to_have_attribute("aria-busy", "true")
        expect(output(page)).to_have_text(letters("나라").text)
    expect(output(page)).to_have_text(letters("나").text)
    expect(page.locator(".note")).to_be_empty()


def test_a_service_that_was_killed_and_came_back_is_asked_again(browser, letters):
    with running(LETTERS) as first:
        page = browser.new_page()
        page.goto(f"{first.address}/#{urlencode({'s': '나라', 'f': 'ko'})}")
        expect(output(page)).to_have_text(letters("나라").text)
        first.process.kill()
        first.process.wait()
        page.locator("#source").fill("나")
        expect(page.locator("#status")).to_contain_text("The server does not answer. Asking again")
        expect(output(page)).to_have_text(letters("나라").text)
    with running(LETTERS, port=first.port):
        expect(output(page)).to_have_text(letters("나").text)
        expect(page.locator("#status")).to_have_text(re.compile("^Answered"))
        page.close()


def test_a_document_is_shaded_as_the_classifier_weighed_it(opened, models):
    page = opened(m="reviews", s=REVIEW)
    right = seqloom.load(models["reviews"], "cpu").predict(REVIEW)
    expect(output(page)).to_have_text(", ".join(right.labels))
    expect(page.locator(".sentences p")).to_have_count(len(right.sentences))
    heaviest = max(range(len(right.sentences)), key=lambda at: right.sentences[at].weight)
    expect(page.locator(".sentences .weight").nth(heaviest)).to_have_text(
        f"{right.sentences[heaviest].weight:.0%}"
    )
    expect(page.locator(".word.bright").first).to_be_visible()


def test_the_page_is_korean_for_a_korean_reader(opened):
    page = opened(locale="ko-KR", s="나라", f="ko")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("h3")).to_have_text(["어텐션", "단계마다 있던 다른 후보", "탐색 과정"])
    expect(page.locator("#status")).to_have_text(re.compile(r"^\d+ms 만에 답했습니다$"))
    page.locator("#source").fill("가" * 2001)
    expect(page.locator("#status")).to_contain_text("글이 너무 깁니다. 짧게 줄이거나")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(opened, scheme):
    page = opened(scheme=scheme, s="나라é", f="ko", v="matrix", d="1")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", ground))) < 64) == (scheme == "dark")
    page.get_by_role("radio", name="Given up too").check()
    assert unreadable(page) == []
    page.get_by_role("radio", name="Lines").check()
    chip(page, "target", 1).hover()
    page.locator(".option:not([aria-current])").first.click()
    expect(page.locator(".held-bar")).to_be_visible()
    assert unreadable(page) == []
    page.locator("#source").fill("가" * 2001)
    expect(page.locator("#status")).to_have_class("problem")
    assert unreadable(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_shaded_document_can_be_read(opened, scheme):
    page = opened(scheme=scheme, m="reviews", s=REVIEW)
    expect(page.locator(".word").first).to_be_visible()
    assert unreadable(page) == []


def unreadable(page) -> list[list[object]]:
    return [found for found in page.evaluate(CONTRAST) if found[0] < READABLE]
