"""The rows that choose what is tested."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.covering import covering
from tests.laws.variants import FACTORS, RECURRENT, VARIANTS, members

from seqloom.config import Attention, Decoder, Encoder


@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_any_two_choices_meet_in_some_row(sizes):
    factors = {str(factor): list(range(size)) for factor, size in enumerate(sizes)}
    rows = covering(factors)
    for one, two in combinations(factors, 2):
        met = {(row[one], row[two]) for row in rows}
        assert met == set(product(factors[one], factors[two]))


def test_there_are_hardly_more_rows_than_the_two_largest_factors_need():
    sizes = sorted(len(choices) for choices in FACTORS.values())
    assert len(RECURRENT) <= 1.2 * sizes[-1] * sizes[-2]


def test_every_member_of_the_unions_is_a_variant():
    decoders = {type(recipe.decoder) for recipe in VARIANTS.values()}
    attentions = {type(getattr(r.decoder, "attention", None)) for r in VARIANTS.values()}
    assert decoders == set(members(Decoder))
    assert {type(recipe.encoder) for recipe in VARIANTS.values()} == set(members(Encoder))
    assert attentions == {*members(Attention), type(None)}
