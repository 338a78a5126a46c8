"""Offsets: what a unit came from can be cut out of the text as it was typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.config.tokens import Bytes, Characters, Subwords, Tokens, Whitespace, Words
from seqloom.text.codec import Codec

TYPED = [
    "가감",
    unicodedata.normalize("NFD", "각각 값"),
    "Ve\u0301lo é",
    "a\u0323\u0302 a\u0302\u0323",
    "👨‍👩‍👧 ok 🇰🇷",
    "ＡＢｃ ﬁn",
    "İstanbul ΣΑΣ",
    "क्षमा करें",
    "اَلسَّلامُ",
    "  two  blanks\tand a tab ",
    "℡ ½",
    "\u0301lone mark",
    "x",
    "",
]
SETTINGS: list[Tokens] = [
    *(
        Characters(normalize=form, lowercase=low)
        for form in ("none", "NFC", "NFD", "NFKC")
        for low in (False, True)
    ),
    Characters(jamo=True),
    Bytes(),
    Whitespace(),
    Words(lowercase=True),
    Whitespace(byte_fallback=True),
    Words(byte_fallback=True, normalize="NFKC"),
    Characters(byte_fallback=True),
    Subwords(kind="bpe", size=200, normalize="NFC"),
    Subwords(kind="unigram", size=200, normalize="NFKC", lowercase=True),
    Subwords(kind="wordpiece", size=200, normalize="NFD", byte_fallback=True),
]
TEXTS = ["two words", "ok then", "가감 값", "a b c d e f"]


def codec_of(settings: Tokens) -> Codec:
    return Codec.train(settings, TEXTS)


CODECS = [codec_of(settings) for settings in SETTINGS]
each_codec = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: str(codec.settings)[:70])


def slices(codec: Codec, text: str) -> list[str]:
    return [text[start:end] for start, end in codec.offsets(text)]


@each_codec
@pytest.mark.parametrize("typed", TYPED)
def test_there_is_a_span_for_each_unit_and_spans_never_go_back(codec: Codec, typed: str) -> None:
    spans = codec.offsets(typed)
    assert len(spans) == len(codec.units(typed))
    assert all(0 <= start <= end <= len(typed) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


@each_codec
@given(st.text())
def test_whatever_is_typed_each_unit_has_a_span(codec: Codec, typed: str) -> None:
    spans = codec.offsets(typed)
    assert len(spans) == len(codec.units(typed))
    assert all(start <= end <= len(typed) for start, end in spans)


@each_codec
@pytest.mark.parametrize("typed", TYPED)
def test_all_that_is_not_blank_lies_in_some_span(codec: Codec, typed: str) -> None:
    inside = {place for start, end in codec.offsets(typed) for place in range(start, end)}
    assert [c for place, c in enumerate(typed) if place not in inside and not c.isspace()] == []


@pytest.mark.parametrize("typed", [t for t in TYPED if t])
@pytest.mark.parametrize("form", ["none", "NFC", "NFD", "NFKC"])
def test_the_slice_of_a_character_has_that_character_as_its_form(typed: str, form: str) -> None:
    codec = codec_of(Characters(normalize=form))
    formed = (lambda t: t) if form == "none" else (lambda t: unicodedata.normalize(form, t))
    for unit, cut in zip(codec.units(typed), slices(codec, typed), strict=True):
        assert unit in formed(cut)


def test_a_syllable_typed_in_jamo_is_cut_out_whole_where_it_is_read_as_one() -> None:
    typed = unicodedata.normalize("NFD", "각값")
    assert slices(codec_of(Characters(normalize="NFC")), typed) == [typed[:3], typed[3:]]


def test_jamo_that_were_typed_are_cut_out_one_by_one_where_they_are_read_so() -> None:
    typed = unicodedata.normalize("NFD", "각")
    assert slices(codec_of(Characters(normalize="NFD")), typed) == list(typed)


def test_the_jamo_of_a_syllable_typed_as_one_share_it() -> None:
    assert slices(codec_of(Characters(normalize="NFD")), "각a") == ["각", "각", "각", "a"]
    assert slices(codec_of(Characters(jamo=True)), "각a") == ["각", "각", "각", "a"]


def test_marks_in_another_order_are_cut_out_with_their_letter() -> None:
    typed = "xa\u0302\u0323y"
    nfd = codec_of(Characters(normalize="NFD"))
    assert slices(nfd, typed) == ["x", *[typed[1:4]] * 3, "y"]
    assert slices(codec_of(Characters(normalize="NFC")), typed) == ["x", typed[1:4], "y"]


def test_a_family_of_emoji_is_one_character() -> None:
    assert slices(codec_of(Characters()), "a👨‍👩‍👧b") == ["a", "👨‍👩‍👧", "b"]


def test_what_one_character_becomes_shares_it() -> None:
    assert slices(codec_of(Characters(normalize="NFKC", lowercase=True)), "x℡") == ["x", *"℡℡℡"]


def test_a_capital_sigma_is_cut_out_wherever_it_stands() -> None:
    assert slices(codec_of(Characters(lowercase=True)), "ΣΑΣ") == ["Σ", "Α", "Σ"]


def test_a_word_is_cut_out_without_the_blanks_before_it() -> None:
    assert slices(codec_of(Words()), " He  said: 'No'") == ["He", "said", ":", "'", "No", "'"]
    assert slices(codec_of(Whitespace()), " He \t said:") == ["He", "said:"]


def test_pieces_put_together_are_the_text_without_its_blanks() -> None:
    for kind in ("bpe", "unigram", "wordpiece"):
        cut = slices(codec_of(Subwords(kind=kind, size=200)), "two words then 가감")
        assert "".join(part for part in cut if part.strip()) == "twowordsthen가감"


def test_the_bytes_of_a_letter_share_it() -> None:
    assert slices(codec_of(Bytes()), "é한") == ["é", "é", "한", "한", "한"]


def test_a_spelled_word_gives_each_byte_its_letter_and_the_blank_nothing() -> None:
    parted = codec_of(Whitespace(byte_fallback=True))
    assert slices(parted, "two né") == ["two", "n", "é", "é", ""]
    led = codec_of(Words(byte_fallback=True))
    assert slices(led, "two né") == ["two", "", "n", "é", "é"]
