"""Cutting text into units and writing it again, one tokenizer after the other."""

import sys

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from seqloom.text.normalize import normalize
from seqloom.text.tokenizers.bytes import ByteTokenizer
from seqloom.text.tokenizers.characters import (
    CodePointTokenizer,
    GraphemeTokenizer,
    JamoTokenizer,
)
from seqloom.text.tokenizers.whitespace import WhitespaceTokenizer
from seqloom.text.tokenizers.words import WordTokenizer

any_text = st.text(st.characters(exclude_categories=["Cs"]))
# Letters, marks, jamo, joiners, signs and blanks that stick together in many ways.
sticky_text = st.text(
    "a1 \n\r\t\u00a0\u3000.'_\"-e\u0301\u0308é한각\u1112\u1161\u11ab\ua960"
    "न्दीمرحبا\u0600\u200c\u200d👨👩🇩🇪カ日の"
)
HAN = "\u1112\u1161\u11ab"


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("한é", ["한", "é"]),
        ("k͈a", ["k͈", "a"]),
        ("हिन्दी", ["हि", "न्दी"]),
        ("مَ", ["مَ"]),
        ("👨‍👩‍👧🇩🇪", ["👨‍👩‍👧", "🇩🇪"]),
        ("a\r\nb  c", ["a", "\r\n", "b", " ", " ", "c"]),
        ("", []),
    ],
)
def test_graphemes_are_what_a_reader_takes_for_one_character(text, units):
    assert GraphemeTokenizer().split(text) == units


@given(text=any_text | sticky_text)
def test_the_fast_cut_into_graphemes_equals_the_slow_one(text):
    assert GraphemeTokenizer().split(text) == regex.findall(r"\X", text)


def test_no_character_taken_for_alone_joins_a_neighbour():
    chars = [chr(c) for c in range(0, sys.maxunicode, 7)]
    for pair in (char + char for char in chars):
        assert GraphemeTokenizer().split(pair) == regex.findall(r"\X", pair)


def test_code_points_part_accents_and_hangul_letters():
    assert CodePointTokenizer().split(normalize("한é", "NFD", False)) == [*HAN, "e", "\u0301"]


def test_jamo_part_hangul_only():
    assert JamoTokenizer().split("한e가é👨‍👩") == [*HAN, "e", "\u1100", "\u1161", "é", "👨‍👩"]
    assert JamoTokenizer().join([*HAN, "e", "\u1100", "\u1161", "é"]) == "한e가é"


def test_each_hangul_syllable_falls_into_the_letters_of_its_nfd():
    syllables = "".join(map(chr, range(0xAC00, 0xD7A4)))
    assert JamoTokenizer().split(syllables) == list(normalize(syllables, "NFD", False))


@pytest.mark.parametrize("tokenizer", [GraphemeTokenizer(), CodePointTokenizer(), ByteTokenizer()])
@given(text=any_text | sticky_text)
def test_characters_and_bytes_give_the_text_back(tokenizer, text):
    assert tokenizer.join(tokenizer.split(text)) == text


@given(text=any_text | sticky_text)
def test_jamo_give_the_text_back_in_nfc(text):
    tokenizer = JamoTokenizer()
    assert tokenizer.join(tokenizer.split(text)) == normalize(text, "NFC", False)


@given(text=sticky_text)
def test_no_jamo_unit_holds_a_syllable(text):
    assert not any(regex.search("[가-힣]", unit) for unit in JamoTokenizer().split(text))


@pytest.mark.parametrize("tokenizer", [WhitespaceTokenizer(), WordTokenizer()])
@given(text=any_text | sticky_text)
def test_words_give_the_text_back_with_single_blanks(tokenizer, text):
    assert tokenizer.join(tokenizer.split(text)) == " ".join(text.split())


def test_phones_between_blanks_stay_whole():
    assert WhitespaceTokenizer().split("k͈  a\tt͡ɕʰ\r\n") == ["k͈", "a", "t͡ɕʰ"]


def test_words_that_follow_a_blank_begin_with_it():
    assert WordTokenizer().split('He said: "Don\'t."') == (
        [" He", " said", ":", ' "', "Don't", ".", '"']
    )


def test_words_of_scripts_without_blanks_and_with_marks():
    assert WordTokenizer().split("我爱 हिन्दी में") == [" 我", "爱", " हिन्दी", " में"]


def test_a_word_is_shown_without_its_blank():
    assert [WordTokenizer().show(unit) for unit in (" He", ".")] == ["He", "."]


def test_bytes_are_those_of_utf8_and_shown_by_value():
    tokenizer = ByteTokenizer()
    units = tokenizer.split("a €\n")
    assert [ord(unit) for unit in units] == [0x61, 0x20, 0xE2, 0x82, 0xAC, 0x0A]
    assert [tokenizer.show(unit) for unit in units] == (
        ["a", "␣", "<0xE2>", "<0x82>", "<0xAC>", "<0x0A>"]
    )


def test_bytes_that_are_not_utf8_read_as_the_replacement_character():
    assert ByteTokenizer().join(["a", "\xe2", "\x82", "b"]) == "a\ufffdb"
