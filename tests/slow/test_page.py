"""The explorer page in a real browser, before toy models (page_toy.py)."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from tests.slow.page_toy import PAGE, Service
from tests.slow.pages import browsing, chip, expect, opening, output

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture
def opened(browser, service):
    with opening(browser, service.address) as open_page:
        yield open_page


def option(page, step: int, place: int):
    return page.locator(".steps > li").nth(step).locator("button").nth(place)


def test_an_answer_follows_what_is_typed(opened, service):
    page = opened()
    page.locator("#source").press_sequentially("abc")
    expect(output(page)).to_have_text("ABC")
    assert service.sources[-1] == "abc"
    assert page.locator(".nbest li").count() == 2
    assert "s=abc" in page.url


def test_a_late_answer_to_an_older_source_is_dropped(opened, service):
    service.delay = {"slow": 1.0}
    page = opened()
    page.locator("#source").fill("slow")
    page.wait_for_timeout(200)
    page.locator("#source").fill("quick")
    expect(output(page)).to_have_text("QUICK")
    page.wait_for_timeout(1200)
    expect(output(page)).to_have_text("QUICK")


def test_of_what_is_typed_while_an_answer_is_under_way_only_the_newest_is_asked(opened):
    asked, heard = opened().evaluate(
        """async () => {
          const { Asking } = await import("./asking.js");
          const asked = [], heard = [];
          const explain = (body) => new Promise((answer) => asked.push({ body, answer }));
          const told = { answered: (answer) => heard.push(answer), slow() {}, problem() {} };
          const asking = new Asking(explain, told);
          for (const source of ["a", "ab", "abc"]) asking.ask(source, true);
          asked[0].answer("A");
          await Promise.resolve();
          return [asked.map(({ body }) => body), heard];
        }"""
    )
    assert asked == ["a", "abc"]
    assert heard == ["A"]


def test_pointing_at_an_output_token_lights_what_it_looked_at_and_the_other_way_round(opened):
    page = opened("s=abc")
    chip(page, "target", 1).hover()
    expect(chip(page, "source", 1)).to_have_class(re.compile("bright"))
    expect(page.locator(".readout")).to_have_text("B. Looks at b 100%")
    chip(page, "source", 2).hover()
    expect(chip(page, "target", 2)).to_have_class(re.compile("bright"))
    expect(page.locator(".readout")).to_have_text("c. Looked at by C 100%")


def test_arrow_keys_walk_over_the_tokens(opened):
    page = opened("s=abc")
    chip(page, "target", 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(chip(page, "target", 2)).to_be_focused()
    expect(chip(page, "source", 2)).to_have_class(re.compile("bright"))
    page.keyboard.press("End")
    expect(chip(page, "target", 3)).to_be_focused()


def test_the_matrix_shows_the_weights_and_can_be_walked_over(opened):
    page = opened("s=abc&v=matrix&d=1")
    table = page.locator(".matrix")
    assert table.locator("tbody tr").nth(1).inner_text().split() == ["B", "0", "100", "0", "0"]
    table.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    line = page.locator(".readout")
    expect(line).to_have_text("B ← b: 100%")
    expect(line).to_have_attribute("aria-live", "polite")
    table.locator("tbody tr").nth(0).locator("td").nth(0).hover()
    expect(line).to_have_text("A ← a: 100%")
    expect(line).to_have_attribute("aria-live", "off")


def test_an_alternative_holds_the_output_and_decoding_goes_on_from_it(opened, service):
    page = opened("s=abc")
    option(page, 1, 1).click()
    expect(output(page)).to_have_text("A-C")
    assert service.asked[-1]["prefix_tokens"] == ["A", "-"]
    assert page.locator(".held-bar .token").all_inner_texts() == ["A", "-"]
    page.locator(".undo").click()
    expect(output(page)).to_have_text("ABC")
    assert page.locator(".held-bar").count() == 0


def test_an_alternative_is_chosen_by_keyboard_and_undone_by_the_browser(opened):
    page = opened("s=abc")
    option(page, 0, 1).focus()
    page.keyboard.press("Enter")
    expect(output(page)).to_have_text("-BC")
    page.go_back()
    expect(output(page)).to_have_text("ABC")


def test_the_end_can_be_held(opened, service):
    page = opened("s=abc")
    option(page, 1, 2).click()
    expect(output(page)).to_have_text("A")
    assert service.asked[-1]["prefix_tokens"] == ["A", "<eos>"]


def test_the_tree_has_what_was_kept_and_on_request_what_was_given_up(opened):
    page = opened("s=abc")
    nodes = page.get_by_role("treeitem")
    expect(nodes).to_have_count(4)
    page.get_by_role("radio", name="Given up too").check()
    expect(nodes).to_have_count(8)
    page.locator(".node.dropped[aria-level='1']").click()
    expect(output(page)).to_have_text("-BC")


def test_arrow_keys_walk_along_the_tree(opened):
    page = opened("s=abc")
    page.locator(".node").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    last = page.locator(".node:focus")
    expect(last).to_have_attribute("aria-label", re.compile("^end, .*output 1$"))
    score = re.search(r"sum of logs (\S+?),", last.get_attribute("aria-label") or "")
    assert score is not None
    expect(last.locator(".share").last).to_have_text(score[1])


def test_another_output_of_the_list_can_be_looked_at(opened):
    page = opened("s=abc")
    page.locator(".nbest input").nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(output(page)).to_have_text("AB?")
    expect(page.locator(".nbest input").nth(1)).to_be_focused()


def test_two_models_answer_side_by_side(opened, service):
    page = opened("s=ab")
    page.locator("#compare").select_option("double")
    expect(output(page, 0)).to_have_text("AB")
    expect(output(page, 1)).to_have_text("AABB")
    expect(page.locator(".panel").nth(1)).to_contain_text("no attention")
    assert "c=double" in page.url
    page.locator("#source").fill("c")
    expect(output(page, 1)).to_have_text("CC")


def test_a_view_can_be_shared_by_its_address(opened):
    held = quote('["X"]')
    page = opened(f"m=double&c=letters&s=ab&b=4&n=1&v=matrix&h1={held}")
    expect(output(page, 0)).to_have_text("AABB")
    expect(output(page, 1)).to_have_text("XB")
    assert page.locator("#beam").input_value() == "4"
    assert page.locator(".matrix").count() == 1


def test_a_syllable_is_asked_for_when_it_is_whole(opened, service):
    page = opened(locale="ko-KR")
    page.locator("#source").focus()
    keyboard = page.context.new_cdp_session(page)
    for part in ("ㄱ", "가", "각"):
        told = {"text": part, "selectionStart": len(part), "selectionEnd": len(part)}
        keyboard.send("Input.imeSetComposition", told)
        page.wait_for_timeout(120)
    assert service.sources == []
    keyboard.send("Input.insertText", {"text": "각"})
    expect(output(page)).to_have_text("각")
    assert service.sources == ["각"]


def test_unknown_letters_are_named(opened):
    page = opened("s=né")
    expect(page.locator(".unknown")).to_have_text("Never seen in training: é. Read as unknown.")


def test_an_error_is_said_in_words_and_the_last_answer_stays(opened, service):
    page = opened("s=abc")
    expect(output(page)).to_have_text("ABC")
    service.refuse = (422, "too_long", "At most 9 characters, but found 11.")
    page.locator("#source").fill("abcabcabcab")
    expect(page.locator("#status")).to_have_text("No answer: At most 9 characters, but found 11.")
    expect(page.locator("#status")).to_have_attribute("aria-live", "polite")
    expect(output(page)).to_have_text("ABC")
    service.refuse = None
    page.locator("#source").fill("b")
    expect(output(page)).to_have_text("B")
    expect(page.locator("#status")).to_have_text(re.compile("Answered"))
    expect(page.locator("#status")).to_have_attribute("aria-live", "off")


def test_an_error_is_said_in_the_readers_language_too(opened, service):
    page = opened("s=abc", locale="ko-KR")
    expect(output(page)).to_have_text("ABC")
    service.refuse = (422, "too_long", "At most 9 characters, but found 11.")
    page.locator("#source").fill("abcabcabcab")
    expect(page.locator("#status")).to_have_text(
        "답하지 못했습니다: 글이 너무 깁니다. 짧게 줄이거나 나누어 물어 주세요. "
        "(At most 9 characters, but found 11.)"
    )
    service.refuse = (418, "unheard_of", "I am a teapot.")
    page.locator("#source").fill("abcd")
    expect(page.locator("#status")).to_have_text("답하지 못했습니다: I am a teapot.")


def test_a_slow_model_is_waited_for_in_words(opened, service):
    service.delay = {"abcd": 2.0}
    page = opened("s=abc")
    expect(output(page)).to_have_text("ABC")
    page.locator("#source").fill("abcd")
    expect(page.locator(".note")).to_have_text("Still working…")
    expect(page.locator(".panel")).to_have_attribute("aria-busy", "true")
    expect(output(page)).to_have_text("ABC")
    expect(output(page)).to_have_text("ABCD")
    expect(page.locator(".panel")).to_have_attribute("aria-busy", "false")


def test_a_lost_server_is_asked_again(opened, service):
    page = opened("s=abc")
    expect(output(page)).to_have_text("ABC")
    service.close()
    page.locator("#source").fill("ab")
    expect(page.locator("#status")).to_contain_text("The server does not answer.")
    service.again()
    expect(output(page)).to_have_text("AB")


def test_markup_is_shown_as_text(opened, service):
    evil = "<img src=x onerror=document.title='hacked'><script>document.title='hacked'</script>"
    service.models = [evil]
    page = opened(f"s={quote(evil)}")
    expect(output(page)).to_have_text(evil.upper())
    expect(page.locator("h2")).to_have_text(evil)
    assert page.locator("#model option").inner_text() == evil
    assert page.locator("main img, main script").count() == 0
    assert page.title() != "hacked"


def test_a_document_is_shaded(opened, service):
    good, bad = (
        {"text": " ".join(words), "weight": weight, "words": words, "weights": [0.9, 0.1]}
        for words, weight in ((["good", "film"], 0.75), (["bad", "end"], 0.25))
    )
    service.answers["letters"] = {
        "kind": "documents",
        "result": {
            "labels": ["5"],
            "probabilities": {"1": 0.25, "5": 0.75},
            "sentences": [good, bad],
            "notes": ["Nothing was left out."],
        },
    }
    page = opened("s=x")
    expect(output(page)).to_have_text("5")
    assert page.locator(".labels li").all_inner_texts() == ["5\n75%", "1\n25%"]
    assert page.locator(".word.bright").all_inner_texts() == ["good"]
    page.locator(".sentences li").first.focus()
    line = page.locator(".readout")
    expect(line).to_have_text("Sentence 1, weight 75%. Strongest words: good 90%, film 10%")
    page.keyboard.press("ArrowDown")
    expect(line).to_have_text("Sentence 2, weight 25%. Strongest words: bad 90%, end 10%")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == f"{line.inner_text()}. bad end"


@pytest.mark.parametrize(
    "form", ["{}", "\u202e{}\u202c", "\u2067{}", "\u200f{}\x07\u200b", "{}\x1b[31m"]
)
def test_control_and_bidi_characters_stay_in_their_token(opened, service, form):
    evil = form.format("ab")
    service.models = [evil]
    page = opened(f"s={quote(evil)}")
    tokens = page.locator(".row.source button")
    expect(tokens).to_have_count(len(evil) + 1)
    shown = tokens.all_text_contents()
    assert shown == [*evil, "end"]
    assert page.locator(".row.source bdi").count() == len(evil)
    boxes = [page.locator(".row.source li").nth(n).bounding_box() for n in range(len(shown))]
    assert boxes == sorted(boxes, key=lambda box: box["x"])
    assert page.locator("#model option").all_text_contents() == [evil]


def test_a_drawing_is_replayed(opened, service):
    points = [[0, 0, 0], [10, 0, 1], [0, 10, 0], [10, 0, 1]]
    window = [[1, 0], [1, 0], [0, 1], [0, 1]]
    result = {"text": "ab", "points": points, "window": window}
    service.answers["letters"] = {"kind": "strokes", "result": result}
    page = opened("s=x")
    lines = page.locator(".drawing polyline")
    assert [lines.nth(n).get_attribute("points") for n in (0, 1)] == ["0,0 10,0", "10,10 20,10"]
    page.locator(".strokes input").fill("2")
    assert lines.nth(1).get_attribute("points") == ""
    page.get_by_role("button", name="Draw again").click()
    expect(page.locator(".strokes input")).to_have_value("4")


def test_the_page_speaks_the_language_of_its_reader(opened):
    page = opened("s=abc", locale="ko-KR")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("heading", name="어텐션")).to_be_visible()
    page.locator("#language").select_option("en")
    expect(page.get_by_role("heading", name="Attention")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_source_from_right_to_left_runs_so(opened):
    page = opened(f"s={quote('שלום')}")
    expect(page.locator(".row.source")).to_have_attribute("dir", "rtl")
    first, last = (chip(page, "source", place).bounding_box() for place in (0, 3))
    assert first["x"] > last["x"]


@pytest.mark.parametrize("view", ["lines", "matrix"])
def test_a_phone_scrolls_in_one_direction_only(opened, view):
    state = f"c=double&s={quote('a long source of many letters')}&v={view}"
    page = opened(state, viewport={"width": 360, "height": 740})
    expect(output(page, 1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_answer_is_reached_by_the_first_tab(opened):
    page = opened("s=abc")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_focused()


def test_all_words_are_there_in_every_language():
    table = (PAGE / "strings.js").read_text(encoding="utf-8")
    english, korean = table.split("  ko: {")
    keys = re.compile(r"^    (\w+):", re.MULTILINE)
    assert keys.findall(english) == keys.findall(korean.split("\n};")[0])


def test_no_text_enters_the_page_as_markup():
    for script in PAGE.rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)


def test_the_page_is_small():
    assert sum(file.stat().st_size for file in PAGE.rglob("*") if file.is_file()) < 150_000
