"""Diverse beam search: groups that each avoid the choices of those before."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Toy, constant_table, log_prob, random_table

from seqloom.config.search import Search
from seqloom.search import search
from seqloom.symbols import EOS

SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS))
SEEDS = st.integers(0, 10**6)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, share=st.integers(1, 3), alpha=st.sampled_from([0.0, 1.0]))
def test_the_first_group_is_a_beam_search_of_its_own(seed, share, alpha):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    plain = Search(beam=share, nbest=share, max_length=6, length_penalty=alpha)
    groups = plain.model_copy(update={"beam": 3 * share, "nbest": 3 * share, "groups": 3})
    for expected, found in zip(
        search(toy, SOURCES, plain), search(toy, SOURCES, groups), strict=True
    ):
        assert {h.tokens for h in expected} <= {h.tokens for h in found}


@pytest.mark.parametrize("share", [1, 2, 3])
def test_groups_that_do_not_mind_each_other_all_find_the_same(share):
    toy = Toy(random_table(4, 7, concentration=0.5))
    plain = Search(beam=share, nbest=share, max_length=6)
    alike = Search(beam=2 * share, nbest=2 * share, groups=2, diversity=0.0, max_length=6)
    for expected, found in zip(
        search(toy, SOURCES, plain), search(toy, SOURCES, alike), strict=True
    ):
        assert [h.tokens for h in found] == [h.tokens for h in expected]
        assert {h.origin for h in found} == {"group 1"}


def test_a_token_costs_as_much_as_the_earlier_groups_chose_it():
    # 'a' .5 goes to group 1. Group 2 takes 'b': log .3 > log .5 - 1. Group 3 then compares
    # log .5 - 1, log .3 - 1 and log .2, and the last is the greatest.
    table = constant_table({EOS: 1.0}, 7)
    table[:, :, 2] = [0, 0, 0, 0, 0.5, 0.3, 0.2]
    apart = Search(beam=3, groups=3, nbest=3, diversity=1.0, max_length=3)
    [found] = search(Toy(table), [(4, EOS)], apart)
    assert [(h.tokens, h.origin) for h in found] == [
        ((4,), "group 1"),
        ((5,), "group 2"),
        ((6,), "group 3"),
    ]
    assert [h.score for h in found] == pytest.approx([log(0.5), log(0.3), log(0.2)], abs=1e-6)


def test_a_small_penalty_leaves_a_great_difference_alone():
    # Group 2 takes 'a' as well: log .9 - .5 > log .1; the end that follows is certain.
    table = constant_table({EOS: 1.0}, 6)
    table[:, :, 2] = [0, 0, 0, 0, 0.9, 0.1]
    near = Search(beam=2, groups=2, nbest=2, diversity=0.5, max_length=3)
    [found] = search(Toy(table), [(4, EOS)], near)
    assert [h.tokens for h in found] == [(4,)]


def test_the_penalty_grows_with_the_hypotheses_that_chose_the_token():
    # Both groups start with 'a' .6 and 'b' .4, as nothing else is possible. Then group 1 takes 'c'
    # twice, and group 2 takes 'd' after both: for 'bd' log(.4 * .3) = -2.12 is above what 'ac' comes
    # to, log(.6 * .7) - 2 * .7 = -2.27. With 'c' counted once 'ac' would win, at -1.57.
    table = constant_table({EOS: 1.0}, 8)
    table[:, :, 2] = [0, 0, 0, 0, 0.6, 0.4, 0, 0]
    table[:, 2, 4:6] = [0, 0, 0, 0, 0, 0, 0.7, 0.3]
    settings_ = Search(beam=4, groups=2, nbest=4, diversity=0.7, max_length=2)
    [found] = search(Toy(table), [(4, EOS)], settings_)
    assert {h.tokens: h.origin for h in found} == {
        (4, 6): "group 1",
        (5, 6): "group 1",
        (4, 7): "group 2",
        (5, 7): "group 2",
    }


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, diversity=st.sampled_from([0.0, 0.5, 5.0]), nbest=st.integers(1, 6))
def test_what_a_group_reports_is_the_models_own(seed, diversity, nbest):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    settings_ = Search(beam=6, groups=3, nbest=nbest, diversity=diversity, max_length=5)
    for source, found in zip(SOURCES, search(toy, SOURCES, settings_), strict=True):
        assert 1 <= len(found) <= nbest
        assert len({h.tokens for h in found}) == len(found)
        keys = [(not h.finished, -h.score) for h in found]
        assert keys == sorted(keys)
        for h in found:
            output = (*h.tokens, EOS) if h.finished else h.tokens
            assert h.score == pytest.approx(log_prob(toy, source, output), abs=1e-5)
            weights = [toy.attention(source, output[:t]) for t in range(len(output))]
            np.testing.assert_array_equal(h.weights, weights)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, order=st.permutations(range(len(SOURCES))))
def test_the_neighbours_in_a_batch_never_change_a_result(seed, order):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    settings_ = Search(beam=6, groups=3, nbest=6, max_length=5)
    together = search(toy, [SOURCES[i] for i in order], settings_)
    for place, i in enumerate(order):
        [alone] = search(toy, [SOURCES[i]], settings_)
        assert [(h.tokens, h.origin) for h in together[place]] == [
            (h.tokens, h.origin) for h in alone
        ]


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, diversity=st.sampled_from([0.3, 2.0]))
def test_more_candidates_than_asked_for_would_change_nothing(seed, diversity):
    class Generous(Toy):
        def step(self, state, tokens, k, wanted=None):
            return super().step(state, tokens, self.vocabulary_size, wanted)

    table = random_table(seed, 12, concentration=0.5)
    settings_ = Search(beam=4, groups=2, nbest=4, diversity=diversity, max_length=5)
    enough, all_ = (search(toy, SOURCES, settings_) for toy in (Toy(table), Generous(table)))
    assert [[h.tokens for h in found] for found in enough] == [
        [h.tokens for h in found] for found in all_
    ]


def test_the_list_takes_of_every_group_in_turn():
    # Group 1 has the two best outputs; of three, one is nevertheless group 2's own.
    table = constant_table({EOS: 1.0}, 8)
    table[:, :, 2] = [0, 0, 0, 0, 0.4, 0.3, 0.2, 0.1]
    settings_ = Search(beam=4, groups=2, nbest=2, diversity=9.0, max_length=2)
    [found] = search(Toy(table), [(4, EOS)], settings_)
    assert [(h.tokens, h.origin) for h in found] == [((4,), "group 1"), ((6,), "group 2")]


def test_plain_beam_search_says_so():
    [[best]] = search(Toy(random_table(3, 7)), [(4, EOS)], Search(max_length=3))
    assert best.origin == "beam"
