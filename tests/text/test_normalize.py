"""Normal forms and letter case."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.text.normalize import normalize, recompose

FORMS = ["none", "NFC", "NFD", "NFKC"]
any_text = st.text(st.characters())


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("form", FORMS)
@given(text=any_text)
def test_normalising_twice_is_normalising_once(form, lowercase, text):
    once = normalize(text, form, lowercase)
    assert normalize(once, form, lowercase) == once


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
@given(text=any_text)
def test_lowercase_text_is_still_in_its_normal_form(form, text):
    assert unicodedata.is_normalized(form, normalize(text, form, lowercase=True))


@given(text=any_text)
def test_recomposing_undoes_nfd(text):
    assert recompose(normalize(text, "NFD", False)) == normalize(text, "NFC", False)


def test_the_forms_do_what_they_are_known_for():
    assert normalize("한é", "NFD", False) == "\u1112\u1161\u11ab" + "e\u0301"
    assert normalize("e\u0301", "NFC", False) == "é"
    assert normalize("１ﬁ", "NFKC", False) == "1fi"
    assert normalize("e\u0301１", "none", False) == "e\u0301１"


def test_compatibility_capitals_are_lowered_too():
    assert normalize("℡", "NFKC", lowercase=True) == "tel"


def test_half_a_surrogate_pair_becomes_the_replacement_character():
    assert normalize("a\ud800b", "none", False) == "a\ufffdb"


def test_small_letters_are_composed_where_capitals_could_not_be():
    assert normalize("Ϊ\u0301", "NFC", lowercase=True) == "ΐ"
