import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from PIL import Image

from seqloom import explain
from seqloom.errors import MissingExtra
from seqloom.explain import png_map, training_curve
from seqloom.explain.curves import curve
from seqloom.explain.fonts import covers, describe, drawable
from seqloom.explain.paper import blues
from seqloom.explain.theme import THEMES, Theme

SCRIPTS = {
    "Hangul": "안녕하세요 화요일",
    "letters of Hangul": "ㅎㅏㄴ",
    "kana and kanji": "ひらがなカタカナ年月日々",
    "Arabic": "الثلاثاء، ٥ مارس",
    "Devanagari": "क्षत्रिय ज्ञान ०१२",
    "Thai": "วันอังคารที่",
    "Greek, Cyrillic, Georgian, Armenian": "αβγжшქართհայ",
    "phonetic": "ˈʃtʁaːsə ɡ͡b",
    "signs of pictures": "␣⏎∅◌▁…←",
}


def shape(text: str, family: str) -> np.ndarray:
    return TextPath((0, 0), text, size=40, prop=FontProperties(family=family)).vertices


def pixels(path: Path) -> np.ndarray:
    """[height, width, red green blue]"""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_the_fonts_chosen_cover_every_character(text: str) -> None:
    found = drawable(text)
    assert found.missing == ()
    assert all(any(covers(name, char) for name in found.families) for char in text)


def test_text_in_two_scripts_is_shared_by_two_fonts() -> None:
    assert set(drawable("ไทย한국").families) >= {"Noto Sans Thai", "Noto Sans CJK JP"}
    assert drawable("ไทย한국").missing == ()


def test_two_hangul_syllables_are_drawn_differently() -> None:
    assert not np.array_equal(
        shape("화", "Noto Sans CJK JP")[:9], shape("요", "Noto Sans CJK JP")[:9]
    )


def test_arabic_letters_join() -> None:
    def width(text: str) -> float:
        return float(np.ptp(shape(text, "DejaVu Sans")[:, 0]))

    assert width("ببب") < 0.9 * 3 * width("ب")


def test_a_devanagari_conjunct_is_one_narrow_sign() -> None:
    def width(text: str) -> float:
        return float(np.ptp(shape(text, "Noto Sans Devanagari")[:, 0]))

    assert width("क्ष") < 0.8 * (width("क") + width("ष"))


def test_a_character_without_a_font_is_named_not_boxed() -> None:
    found = drawable("a\U0010fffd")
    assert found.text == "aU+10FFFD"
    assert found.missing == ("\U0010fffd",)
    assert describe(found.missing).startswith("No font on this machine has U+10FFFD")
    assert drawable(found.text).missing == ()


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_labels_put_ink_above_the_squares(make_result, tmp_path: Path, text: str) -> None:
    png_map(make_result(list(text), ["a"]), tmp_path / "map.png")
    dark = pixels(tmp_path / "map.png").max(axis=2) < 120
    top_of_squares = int(np.argmax(dark.mean(axis=1) > 0.3))
    assert dark[: top_of_squares - 3].sum() > 50


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("tokens", [1, 3, 60])
def test_a_square_has_the_colour_of_its_weight(
    make_result, tmp_path: Path, tokens: int, theme: Theme
) -> None:
    png_map(make_result(["a"] * tokens, ["b"] * tokens), tmp_path / "map.png", theme=theme)
    found = pixels(tmp_path / "map.png").astype(int)
    heavy = 255 * np.array(blues(theme)(0.7)[:3])
    assert (np.abs(found - heavy).max(axis=2) < 4).sum() > 100 * tokens


@pytest.mark.parametrize(
    "token", ["$\\frac$", "क्\u200dष", "한\u200d\ufe0f", "👩\u200d💻", "\x07", "<b>"]
)
def test_no_token_upsets_the_picture(make_result, tmp_path: Path, token: str) -> None:
    png_map(make_result([token], [token]), tmp_path / "map.png")
    assert pixels(tmp_path / "map.png").size


def test_an_empty_source_has_a_picture(make_result, tmp_path: Path) -> None:
    png_map(make_result([], []), tmp_path / "map.png")
    assert pixels(tmp_path / "map.png").shape[1] > 100


def test_drawing_leaves_the_settings_of_matplotlib_alone(make_result, tmp_path: Path) -> None:
    before = dict(rcParams)
    png_map(make_result(["한"], ["b"]), tmp_path / "map.png")
    assert dict(rcParams) == before


def test_pictures_need_neither_pyplot_nor_torch() -> None:
    code = (
        "import sys; from seqloom.explain import png_map, training_curve; "
        "print({'matplotlib.pyplot', 'torch'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_a_curve_leaves_out_what_is_missing_or_not_finite() -> None:
    records = [
        {"update": 1, "dev_loss": 3.0},
        {"update": 2},
        {"update": 3, "dev_loss": None},
        {"update": 4, "dev_loss": float("nan")},
        {"update": 5, "dev_loss": 1},
    ]
    assert curve(records, "dev_loss") == ([1, 5], [3, 1])


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_training_curve_is_drawn_from_any_number_of_records(tmp_path: Path, count: int) -> None:
    records = [
        {"update": n, "train_loss": 1 / (n + 1), "dev_loss": 2 / (n + 1), "rate": 0.001, "wer": 9.0}
        for n in range(count)
    ]
    training_curve(records, tmp_path / "curve.png", metric="wer")
    assert pixels(tmp_path / "curve.png").shape[0] > 200


def test_without_matplotlib_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    monkeypatch.delitem(sys.modules, "seqloom.explain.png")
    with pytest.raises(MissingExtra, match=r"pip install 'seqloom\[train\]'"):
        explain.__getattr__("png_map")
