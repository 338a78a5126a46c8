"""Ids of specials, features and tokens."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from seqloom.symbols import EOS, PAD, SOS, SPECIALS, UNK
from seqloom.text.vocabulary import Vocabulary, by_frequency


def test_specials_come_first_then_features_then_tokens():
    vocabulary = Vocabulary(features=("ko", "pl"), tokens=("b", "a"))
    assert [SPECIALS[id] for id in (PAD, UNK, SOS, EOS)] == ["<pad>", "<unk>", "<sos>", "<eos>"]
    assert vocabulary.feature_ids == {"ko": 4, "pl": 5}
    assert vocabulary.token_ids == {"b": 6, "a": 7}
    assert vocabulary.first_token == 6
    assert vocabulary.size == 8


def test_frequent_units_come_first_and_equals_by_code_point():
    assert by_frequency(Counter("zzbbbaay"), 1, None) == ["b", "a", "z", "y"]


def test_rare_units_are_left_out_and_the_size_is_kept():
    counts = Counter("aaabbc")
    assert by_frequency(counts, 2, None) == ["a", "b"]
    assert by_frequency(counts, 1, 1) == ["a"]


@given(units=st.lists(st.sampled_from("abcdef")), seed=st.randoms())
def test_the_order_of_the_text_never_matters(units, seed):
    shuffled = list(units)
    seed.shuffle(shuffled)
    assert by_frequency(Counter(units), 1, None) == by_frequency(Counter(shuffled), 1, None)
