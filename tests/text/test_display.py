"""No unit is invisible."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.text.display import visible


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("a", "a"),
        (" ", "␣"),
        (" the", "␣the"),
        ("\n", "␊"),
        ("\r\n", "␍␊"),
        ("\u0301", "◌\u0301"),
        ("e\u0301", "e\u0301"),
        ("\u00a0", "<U+00A0>"),
        ("\u200f", "<U+200F>"),
        ("\u1112", "ㅎ"),
        ("\u1161", "ㅏ"),
        ("\u11ab", "ㄴ"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("न्दी", "न्दी"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("🏴\U000e0067\U000e007f", "🏴\U000e0067\U000e007f"),
        ("a\u202eb\u200bc", "a<U+202E>b<U+200B>c"),
    ],
)
def test_units_are_shown_as_a_reader_expects(unit, shown):
    assert visible(unit) == shown


@given(char=st.characters())
def test_every_character_alone_starts_with_something_that_has_a_shape(char):
    assert unicodedata.category(visible(char)[0])[0] not in "CZM"


@given(unit=st.text(min_size=1))
def test_what_is_shown_is_not_shown_otherwise_again(unit):
    assert visible(visible(unit)) == visible(unit)
