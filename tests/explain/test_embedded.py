import re
import subprocess
import sys
from base64 import b64decode
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from seqloom.explain import html_page, svg_map
from seqloom.explain.embedded import page_fonts
from seqloom.predict.result import Result

FACE = re.compile(
    r"@font-face \{ font-family: '([^']+)'; unicode-range: ([^;]+); "
    r"src: url\(data:font/woff;base64,([^)]+)\)"
)
DRAWINGS = {"page": lambda result: html_page([result], "t"), "picture": svg_map}


def fonts(css: str) -> dict[str, TTFont]:
    return {name: TTFont(BytesIO(b64decode(data))) for name, _, data in FACE.findall(css)}


def fonts_for(text: str) -> dict[str, TTFont]:
    return fonts(page_fonts(f"<p>{text}</p>").faces)


def drawn(font: TTFont) -> set[str]:
    return set(map(chr, font.getBestCmap()))


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_the_syllables_of_a_korean_result_come_along(make_result, draw) -> None:
    [font] = fonts(draw(make_result([*"화요일2"], ["년"]))).values()
    assert drawn(font) == set("화요일년")


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
@pytest.mark.parametrize("token", ["word", "<b>&'", "März", "α", "бык", "–"])
def test_what_every_machine_has_does_not_come_along(make_result, draw, token: str) -> None:
    assert "@font-face" not in draw(make_result([token], [token]))


def test_what_no_bundled_font_has_does_not_come_along() -> None:
    assert fonts_for("\U0010fffd \u200d") == {}


@pytest.mark.parametrize(
    "text",
    ["令和ひらカナ", "ㅎㅏㄴ", "الثلاثاء٥", "क्षि०", "วันที่", "ქართ", "▁␣◌"],
)
def test_one_font_has_all_of_a_text_in_one_script(text: str) -> None:
    [font] = fonts_for(text).values()
    assert drawn(font) == set(text)


def test_scripts_are_shared_among_fonts() -> None:
    found = fonts_for("한 ไทย क ب")
    assert {name: drawn(font) for name, font in found.items()} == {
        "Embedded DejaVu Sans": {"ب"},
        "Embedded Noto Sans CJK JP": {"한"},
        "Embedded Noto Sans Devanagari": {"क"},
        "Embedded Noto Sans Thai": {*"ไทย"},
    }


@pytest.mark.parametrize(
    ("text", "rules"),
    [("العربية", {"init", "medi", "fina"}), ("क्ष प्र", {"half", "akhn", "rkrf"})],
)
def test_the_rules_that_join_letters_come_along(text: str, rules: set[str]) -> None:
    [font] = fonts_for(text).values()
    features = font["GSUB"].table.FeatureList.FeatureRecord
    assert {feature.FeatureTag for feature in features} >= rules


@pytest.mark.parametrize("text", ["a\u0320", "kʰæt", "Việt"])
def test_an_accent_or_a_rare_letter_brings_the_font_of_its_word(text: str) -> None:
    [font] = fonts_for(text).values()
    assert drawn(font) == set(text)


def test_thai_am_comes_with_the_parts_that_browsers_draw() -> None:
    [font] = fonts_for("น้ำ").values()
    assert drawn(font) == set("น้ำ") | {"\u0e4d", "\u0e32"}


def test_a_font_is_asked_for_what_it_has_and_before_the_readers_own() -> None:
    css = page_fonts("<p>한a क</p>")
    for name, ranges, data in FACE.findall(css.faces):
        asked = {chr(int(code.removeprefix("U+"), 16)) for code in ranges.split(",")}
        assert asked == drawn(TTFont(BytesIO(b64decode(data))))
        assert css.families.index(name) < css.families.index("system-ui")


def test_an_embedded_font_is_small_of_one_weight_and_names_its_licence() -> None:
    for name, _, data in FACE.findall(page_fonts("<p>क्षत्रिय 화요일 ไทย ب</p>").faces):
        font = TTFont(BytesIO(b64decode(data)))
        assert len(data) < 20_000, name
        assert "fvar" not in font
        assert font["name"].getDebugName(0)
        assert re.search("Permission|Open Font License", font["name"].getDebugName(13))


def test_the_same_page_has_the_same_bytes_in_every_process() -> None:
    text = "क्षत्रिय 화요일 ไทย العربية kʰ"
    code = f"from seqloom.explain.embedded import page_fonts; print(page_fonts('{text}').faces, end='')"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={"PYTHONHASHSEED": "1", "PYTHONUTF8": "1"},
    )
    assert told.stdout == page_fonts(text).faces


def test_the_source_and_the_title_of_a_page_are_drawn_too(make_result) -> None:
    result = make_result(["a"], ["b"])
    result = Result("한", result.source_tokens, result.outputs, unknown=("국",))
    [font] = fonts(html_page([result], "말")).values()
    assert drawn(font) == set("한국말")


def test_without_matplotlib_a_page_leaves_the_fonts_to_its_reader(
    make_result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "seqloom.explain.fonts", None)
    page = html_page([make_result(["한"], ["b"])], "t")
    assert "@font-face" not in page
    assert "font-family: system-ui" in page
