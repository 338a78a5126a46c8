"""N-gram blocking: no run of tokens twice, in whatever way the output is looked for."""

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Output, Toy, constant_table, every_output, log_prob, random_table

from seqloom.config.search import Search
from seqloom.search import search
from seqloom.search.repeats import Repeats
from seqloom.symbols import EOS, UNK

SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS))
SEARCHES = (
    Search(max_length=9),
    Search(beam=4, nbest=4, max_length=9),
    Search(beam=4, groups=2, nbest=4, max_length=9),
    Search(sample=True, nbest=20, max_length=9),
)


def repeats(output: Output, n: int) -> bool:
    runs = Counter(output[i : i + n] for i in range(len(output) - n + 1))
    return max(runs.values(), default=0) > 1


@pytest.mark.parametrize("settings_", SEARCHES)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_no_run_comes_twice_in_one_output(settings_, n):
    toy = Toy(random_table(5, 6, concentration=0.5))
    settings_ = settings_.model_copy(update={"no_repeat_ngram": n, "min_length": 2})
    found = [h.tokens for hs in search(toy, SOURCES, settings_) for h in hs]
    assert not [output for output in found if repeats(output, n)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 3))
def test_a_wide_beam_finds_the_best_of_all_outputs_without_repeats(seed, n):
    toy = Toy(random_table(seed, 6, concentration=0.5))
    wide = Search(beam=500, nbest=5, max_length=4, no_repeat_ngram=n)
    for source, found in zip(SOURCES, search(toy, SOURCES, wide), strict=True):
        expected = [
            log_prob(toy, source, output)
            for output in every_output(toy, source, 4)
            if not repeats(output[:-1], n)
        ]
        best = sorted(expected, reverse=True)[:5]
        assert [h.score for h in found] == pytest.approx(best, abs=1e-5)


def test_the_tokens_blocked_are_those_that_followed_the_same_run():
    repeats_ = Repeats(1, 2)
    for token in (4, 5, 4, 6, 4):
        repeats_.follow(np.array([True]), np.array([[0]]), np.array([[token]]))
    assert set(repeats_.blocked().ravel().tolist()) == {-1, 5, 6}


def test_greedy_search_takes_the_best_that_is_not_blocked():
    # .6, then .3 since the first is used up, then the end at .1.
    toy = Toy(constant_table({4: 0.6, 5: 0.3, EOS: 0.1}, 6))
    [[best]] = search(toy, [(4, EOS)], Search(no_repeat_ngram=1, max_length=9))
    assert best.tokens == (4, 5)
    assert best.score == pytest.approx(log(0.6 * 0.3 * 0.1), abs=1e-6)


def test_a_prefix_may_repeat():
    toy = Toy(constant_table({4: 0.6, 5: 0.3, EOS: 0.1}, 6))
    [[best]] = search(toy, [(4, EOS)], Search(no_repeat_ngram=1, max_length=9), [(5, 5)])
    assert best.tokens == (5, 5, 4)
    assert best.finished


@pytest.mark.parametrize("settings_", SEARCHES)
def test_an_output_that_nothing_may_follow_is_cut_off(settings_):
    toy = Toy(constant_table({4: 0.6, UNK: 0.3, EOS: 0.1}, 5))
    settings_ = settings_.model_copy(update={"no_repeat_ngram": 1, "min_length": 5})
    [found] = search(toy, [(4, EOS)], settings_)
    assert {h.tokens for h in found} <= {(4, UNK), (UNK, 4)}
    assert not any(h.finished for h in found)
    assert all(np.isfinite(h.score) for h in found)


def test_without_blocking_no_candidate_more_is_asked_for():
    toy = Toy(random_table(5, 6))
    search(toy, SOURCES, Search(beam=2, max_length=5))
    assert set(toy.candidates_asked) == {3}
