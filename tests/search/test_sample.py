"""Sampling draws from the distribution that the settings ask for."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Toy, constant_table, log_prob, random_table

from seqloom.config.search import Search
from seqloom.search import search
from seqloom.symbols import EOS

FOUR = {4: 0.4, 5: 0.3, 6: 0.2, EOS: 0.1}
DRAWS = 3000


def first_tokens(settings_: Search) -> Counter:
    toy = Toy(constant_table(FOUR, 7))
    [found] = search(toy, [(4, EOS)], settings_)
    return Counter((*h.tokens, EOS)[0] for h in found)


def chi_square(counts: Counter, expected: dict[int, float]) -> float:
    total = sum(counts.values())
    assert set(counts) <= set(expected)
    return sum((counts[t] - total * p) ** 2 / (total * p) for t, p in expected.items())


# With 3 degrees of freedom chance alone passes 21.1 once in ten thousand times.
def test_tokens_come_as_often_as_the_model_says():
    counts = first_tokens(Search(sample=True, nbest=DRAWS, max_length=1))
    assert chi_square(counts, FOUR) < 21.1


def test_temperature_two_takes_the_square_root_of_the_odds():
    roots = {token: p**0.5 for token, p in FOUR.items()}
    expected = {token: root / sum(roots.values()) for token, root in roots.items()}
    counts = first_tokens(Search(sample=True, nbest=DRAWS, max_length=1, temperature=2.0))
    assert chi_square(counts, expected) < 21.1


def test_top_k_keeps_the_k_likeliest():
    counts = first_tokens(Search(sample=True, nbest=DRAWS, max_length=1, top_k=2))
    assert chi_square(counts, {4: 4 / 7, 5: 3 / 7}) < 21.1


def test_top_p_keeps_the_fewest_that_reach_it():
    counts = first_tokens(Search(sample=True, nbest=DRAWS, max_length=1, top_p=0.6))
    assert chi_square(counts, {4: 4 / 7, 5: 3 / 7}) < 21.1


def test_top_p_counts_what_top_k_left():
    # Of the two kept, the first alone has 4/7 > .5 of the probability.
    counts = first_tokens(Search(sample=True, nbest=50, max_length=1, top_k=2, top_p=0.5))
    assert set(counts) == {4}


def test_almost_no_temperature_is_greedy():
    toy = Toy(random_table(2, 7))
    settings_ = Search(sample=True, temperature=1e-4, max_length=4)
    [[drawn]], [[best]] = (search(toy, [(4, EOS)], s) for s in (settings_, Search(max_length=4)))
    assert drawn.tokens == best.tokens
    assert drawn.token_log_probs == best.token_log_probs


def test_scores_are_the_models_own_whatever_the_temperature():
    toy = Toy(random_table(2, 7))
    source = (4, 5, EOS)
    [found] = search(toy, [source], Search(sample=True, nbest=20, temperature=3.0, top_k=3))
    for h in found:
        output = (*h.tokens, EOS) if h.finished else h.tokens
        assert h.score == pytest.approx(log_prob(toy, source, output))
        assert h.log_prob == pytest.approx(h.score)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(-5, 10**6), order=st.permutations(range(4)))
def test_the_neighbours_in_a_batch_never_change_a_sample(seed, order):
    sources = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS), (6, EOS))
    toy = Toy(random_table(2, 7))
    settings_ = Search(sample=True, nbest=3, seed=seed)
    together = search(toy, [sources[i] for i in order], settings_)
    for place, i in enumerate(order):
        [alone] = search(toy, [sources[i]], settings_)
        assert [h.tokens for h in together[place]] == [h.tokens for h in alone]
        for one, other in zip(together[place], alone, strict=True):
            np.testing.assert_array_equal(one.weights, other.weights)


def test_attention_follows_each_sample():
    toy = Toy(random_table(2, 7))
    source = (4, 5, EOS)
    [found] = search(toy, [source], Search(sample=True, nbest=20, max_length=6))
    for h in found:
        steps = range(len(h.tokens) + h.finished)
        np.testing.assert_array_equal(
            h.weights, [toy.attention(source, h.tokens[:t]) for t in steps]
        )


def test_the_first_samples_stay_when_more_are_asked_for():
    toy = Toy(random_table(2, 7))
    [two], [five] = (search(toy, [(4, EOS)], Search(sample=True, nbest=nbest)) for nbest in (2, 5))
    assert [h.tokens for h in two] == [h.tokens for h in five[:2]]


def test_another_seed_draws_other_samples():
    toy = Toy(random_table(2, 7, concentration=50.0))
    one, other = (
        search(toy, [(4, EOS)], Search(sample=True, nbest=20, seed=seed)) for seed in (1, 2)
    )
    assert [h.tokens for h in one[0]] != [h.tokens for h in other[0]]


def test_two_sources_with_the_same_distribution_are_drawn_for_apart():
    toy = Toy(random_table(2, 7, kinds=1, concentration=50.0))
    one, other = search(toy, [(4, EOS), (5, EOS)], Search(sample=True, nbest=20))
    assert [h.tokens for h in one] != [h.tokens for h in other]


def test_a_seed_may_be_negative():
    [[drawn]] = search(Toy(random_table(2, 7)), [(4, EOS)], Search(sample=True, seed=-1))
    assert drawn.log_prob < 0


def test_samples_keep_the_limits_of_length():
    toy = Toy(constant_table({EOS: 0.5, 4: 0.5}, 5))
    settings_ = Search(sample=True, nbest=200, top_k=1, min_length=2, max_length=3)
    [found] = search(toy, [(4, EOS)], settings_)
    assert {len(h.tokens) for h in found} <= {2, 3}


def test_a_sample_at_the_limit_is_cut_off():
    [[drawn]] = search(
        Toy(constant_table({4: 1.0}, 5)), [(4, EOS)], Search(sample=True, max_length=3)
    )
    assert drawn.tokens == (4, 4, 4)
    assert not drawn.finished


def test_a_source_leaves_when_all_its_samples_have_ended():
    table = np.concatenate([constant_table({EOS: 1.0}, 5), constant_table({4: 1.0}, 5)])
    toy = Toy(table)
    search(toy, [(4, 4), (4, 5)], Search(sample=True, nbest=2, max_length=2))
    assert toy.rows_seen == [(2, 1), (1, 2), (1, 2)]
