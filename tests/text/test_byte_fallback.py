"""Nothing is unknown where units can be spelled in bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.config.tokens import Characters, Subwords, Whitespace, Words
from seqloom.symbols import EOS, UNK
from seqloom.text.codec import Codec

KINDS = [
    Characters(byte_fallback=True),
    Characters(byte_fallback=True, jamo=True),
    Words(byte_fallback=True),
    Whitespace(byte_fallback=True),
    Subwords(kind="bpe", size=40, byte_fallback=True),
    Subwords(kind="unigram", size=40, byte_fallback=True),
    Subwords(kind="wordpiece", size=40, byte_fallback=True),
]
CODECS = [Codec.train(kind, ["ab abba ba", "b a, ba."], ["pl"]) for kind in KINDS]
each_codec = pytest.mark.parametrize("codec", CODECS, ids=[str(kind) for kind in KINDS])


@each_codec
@given(text=st.text())
def test_every_text_comes_back(codec, text):
    ids = codec.encode(text)
    assert UNK not in ids
    assert codec.decode(ids) == codec.normalize(text)
    assert codec.unknown(text) == ()
    assert len(codec.tokens(ids)) == len(ids)


@each_codec
def test_unknown_neighbours_stay_apart(codec):
    assert codec.decode(codec.encode("ab 가나 다 ba")) == "ab 가나 다 ba"


@each_codec
def test_any_output_can_be_read(codec):
    text = codec.decode([*range(EOS + 1, codec.size)])
    text.encode()  # no lone surrogates
    assert "\ufffd" in text


@each_codec
def test_a_saved_codec_spells_the_same(codec, tmp_path):
    codec.save(tmp_path, "source")
    again = Codec.load(tmp_path, "source")
    assert again.vocabulary == codec.vocabulary
    assert again.encode("ab 가 ☃") == codec.encode("ab 가 ☃")


def test_an_unknown_character_is_its_bytes():
    codec = Codec.train(Characters(byte_fallback=True), ["ab"])
    assert codec.tokens(codec.encode("aé")) == ("a", "<0xC3>", "<0xA9>", "<eos>")
    assert codec.size == 4 + 2 + 256


def test_bytes_that_are_no_text_read_as_the_replacement_character():
    codec = Codec.train(Characters(byte_fallback=True), ["ab"])
    a, first, _, b = codec.encode("aéb")[:-1]
    assert codec.decode([a, first, b]) == "a\ufffdb"
