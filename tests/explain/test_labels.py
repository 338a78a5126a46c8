import unicodedata

import pytest

from seqloom.explain.labels import clip, is_right_to_left, label


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" ", "␣"),
        ("\n", "␊"),
        ("", "∅"),
        ("\u0301", "◌\u0301"),
        ("e\u0301", "é"),
        ("\u200b", "<U+200B>"),
        ("a\u202eb", "a<U+202E>b"),
        ("▁the", "▁the"),
    ],
)
def test_every_token_leaves_a_visible_trace(token: str, shown: str) -> None:
    assert label(token) == shown


def test_letters_of_a_hangul_syllable_are_shown_one_by_one_and_whole() -> None:
    letters = unicodedata.normalize("NFD", "한")
    assert [label(letter) for letter in letters] == ["ㅎ", "ㅏ", "ㄴ"]
    assert label(letters) == "한"


def test_a_wide_label_is_cut_by_cells_not_by_characters() -> None:
    assert clip("가나다라", 8) == "가나다라"
    assert clip("가나다라마", 8) == "가나다…"


def test_direction_is_that_of_the_first_letter() -> None:
    assert is_right_to_left("٥ مارس")
    assert is_right_to_left("שלום")
    assert not is_right_to_left("5 March مارس")
