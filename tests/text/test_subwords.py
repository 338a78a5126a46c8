"""Pieces of words learnt from a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.config.tokens import Subwords
from seqloom.errors import UserError
from seqloom.text.tokenizers import subwords

KINDS = ["bpe", "unigram", "wordpiece"]
TEXTS = [
    "the cat sat on the mat.",
    "the bat and the rat sat; the cat ran!",
    "that hat is flat, and that is that",
    "한국어 한국말 हिन्दी 👨‍👩‍👧",
    *["the"] * 20,
]
SYLLABLES = ["ba", "do", "ki", "lu", "me", "no", "pa", "ri", "so", "tu"]
WORDS = [first + second for first in SYLLABLES for second in SYLLABLES] * 2


def learnt(kind, size=70, texts=TEXTS, num_features=0):
    return subwords.train(Subwords(kind=kind, size=size), iter(texts), num_features)


TOKENIZERS = {kind: learnt(kind) for kind in KINDS}
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
@given(text=st.text(" \n\tabcthe.,한<eos>☃👨\u200d\u0301"))
def test_pieces_give_the_text_back_blanks_and_unknowns_included(kind, text):
    tokenizer = TOKENIZERS[kind]
    assert tokenizer.join(tokenizer.split(text)) == text


@each_kind
def test_every_character_of_the_training_text_is_a_piece(kind):
    assert set(" ".join(TEXTS)) <= set(TOKENIZERS[kind].vocabulary())


@each_kind
def test_the_first_piece_of_a_word_begins_with_its_blank(kind):
    units = TOKENIZERS[kind].split("the the")
    assert [unit[0] for unit in units if " " in unit] == [" ", " "]


def test_the_most_frequent_pairs_are_merged_first():
    # ' ' + 'a' stands 3 times, 'b' + 'c' and ' ' + 'b' twice: the size leaves room for one merge.
    merged = learnt("bpe", size=4 + 4 + 1, texts=["a a a", "bc bc"])
    assert merged.split("a bc") == [" a", " ", "b", "c"]


def test_wordpiece_takes_the_longest_piece_from_the_left():
    longest = learnt("wordpiece", size=30, texts=["ab ab ab", "xbcd ybcd zbcd"])
    assert {" ab", "bcd"} <= set(longest.vocabulary())
    assert longest.split("abcd")[0] == " ab"


@each_kind
def test_the_size_counts_specials_and_features(kind):
    assert len(learnt(kind, 36, WORDS, num_features=3).vocabulary()) == 36 - 4 - 3


@each_kind
def test_the_same_text_gives_the_same_pieces_in_whatever_order(kind):
    first = TOKENIZERS[kind].to_json()
    assert all(learnt(kind, texts=TEXTS[::step]).to_json() == first for step in (1, -1, 1, -1))


@each_kind
def test_specials_in_the_text_are_plain_text(kind):
    texts = ["<eos> <eos> <eos> <pad> <unk>", "<eos>  <eos> <sos> "] * 9
    tokenizer = learnt(kind, texts=texts)
    for text in texts:
        units = tokenizer.split(text)
        assert tokenizer.join(units) == text
        assert set(units) <= set(tokenizer.vocabulary())
    assert not {"<pad> ", "<unk> ", "<sos> ", "<eos> "} & set(tokenizer.vocabulary())


@each_kind
def test_a_very_long_word_is_cut_like_any_other(kind):
    text = "cat" * 100_000
    assert TOKENIZERS[kind].join(TOKENIZERS[kind].split(text)) == text


@each_kind
def test_pieces_come_back_from_their_file(kind):
    again = subwords.from_json(TOKENIZERS[kind].to_json())
    assert again.vocabulary() == TOKENIZERS[kind].vocabulary()
    assert again.split("that ☃ flat cat") == TOKENIZERS[kind].split("that ☃ flat cat")


@each_kind
def test_all_characters_fit_in_the_least_size(kind):
    assert set(learnt(kind, size=7, texts=["ab"]).vocabulary()) == {" ", "a", "b"}


@each_kind
def test_a_size_that_cannot_hold_the_characters_is_refused(kind):
    with pytest.raises(UserError, match=r"size must be at least 7 .* but is 6\. Set a larger"):
        learnt(kind, size=6, texts=["ab"])


@each_kind
def test_no_text_to_learn_from_is_refused(kind):
    with pytest.raises(UserError, match="training text, but it is empty"):
        learnt(kind, texts=["", ""])
