"""Which pairs are written in one script, counted by hand."""

import pytest

from seqloom.config import Bytes, Characters, Luong, Recipe, Subwords, Whitespace
from seqloom.data.example import Example
from seqloom.text.pair import PairCodec
from seqloom.text.scripts import Common, common_units

LETTERS = Characters()


def common(*pairs: tuple[str, str], shared: bool = True, units=LETTERS) -> Common:
    examples = [Example(source, target) for source, target in pairs]
    recipe = Recipe(
        source=units, target=units, shared_vocabulary=shared, decoder=Luong(copying=True)
    )
    return common_units(PairCodec.train(recipe, lambda: examples), examples)


@pytest.mark.parametrize("shared", [False, True])
def test_letters_that_stand_in_targets_and_in_sources_are_counted(shared):
    # Of a, b, b, q, r the first three.
    assert common(("ab", "abb"), ("x", "qr"), shared=shared) == Common(5, 3)


@pytest.mark.parametrize("shared", [False, True])
def test_blanks_digits_and_punctuation_make_no_script(shared):
    found = common(("ein Haus, 7!", "집 한 채, 7!"), shared=shared)
    assert found == Common(3, 0)
    assert not found.alike


def test_where_targets_have_no_letters_all_but_blanks_counts():
    assert common(("3 May 1979", "79 03")) == Common(4, 3)
    assert not common(("삼 월", "0 3")).alike


def test_words_count_as_often_as_they_stand_there():
    pairs = ("ein TV 7", "a TV TV 7"), ("b", "c")
    assert common(*pairs, units=Whitespace()) == Common(4, 2)


@pytest.mark.parametrize(
    "units", [Bytes(), Subwords(kind="bpe", size=60), Characters(byte_fallback=True)]
)
def test_two_scripts_are_told_apart_whatever_the_units(units):
    assert not common(("grün für Jäger", "녹색 사냥꾼"), units=units).alike
    assert common(("grün für Jäger", "grün jagt"), units=units).alike


def test_a_name_among_a_hundred_words_makes_no_common_script():
    pair = ("und " * 99, "및 " * 99 + "TV ")
    assert not common(pair, ("TV", "및"), units=Whitespace()).alike
    assert common(pair, ("TV", "및"), ("및", "TV"), units=Whitespace()).alike
