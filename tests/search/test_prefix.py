"""Outputs that must begin with a given prefix."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Toy, every_output, log_prob, random_table

from seqloom.config.search import Search
from seqloom.search import search
from seqloom.symbols import EOS

SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS))
PREFIXES = ((5, 4), (), (4, 5, 5))
SEARCHES = (
    Search(max_length=5),
    Search(beam=3, nbest=2, max_length=5),
    Search(sample=True, nbest=3, max_length=5),
)


@pytest.mark.parametrize("settings_", SEARCHES)
def test_every_output_begins_with_the_prefix_of_its_source(settings_):
    found = search(Toy(random_table(5, 6)), SOURCES, settings_, PREFIXES)
    for prefix, hypotheses in zip(PREFIXES, found, strict=True):
        assert all(h.tokens[: len(prefix)] == prefix for h in hypotheses)


@pytest.mark.parametrize("settings_", SEARCHES)
def test_a_source_with_a_prefix_does_not_change_its_neighbours(settings_):
    toy = Toy(random_table(5, 6))
    together = search(toy, SOURCES, settings_, PREFIXES)
    for source, prefix, found in zip(SOURCES, PREFIXES, together, strict=True):
        [alone] = search(toy, [source], settings_, [prefix])
        assert [h.tokens for h in found] == [h.tokens for h in alone]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), prefix=st.lists(st.sampled_from([1, 4, 5]), max_size=3))
def test_a_wide_beam_finds_the_best_of_all_outputs_with_the_prefix(seed, prefix):
    toy = Toy(random_table(seed, 6))
    [[best]] = search(toy, [SOURCES[0]], Search(beam=300, max_length=4), [prefix])
    expected = max(
        log_prob(toy, SOURCES[0], output)
        for output in every_output(toy, SOURCES[0], 4)
        if output[: len(prefix)] == tuple(prefix)
    )
    assert best.score == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("settings_", SEARCHES)
def test_forcing_an_output_gives_its_own_score_and_attention_back(settings_):
    toy = Toy(random_table(8, 6))
    for source, found in zip(SOURCES, search(toy, SOURCES, settings_), strict=True):
        for h in found:
            forced_output = (*h.tokens, EOS) if h.finished else h.tokens
            [[forced, *_]] = search(toy, [source], Search(max_length=1), [forced_output])
            steps = len(forced_output)
            assert forced.token_log_probs[:steps] == h.token_log_probs
            assert forced.weights is not None
            assert h.weights is not None
            assert forced.weights[:steps].tolist() == h.weights.tolist()


def test_a_prefix_that_ends_is_the_whole_output():
    toy = Toy(random_table(5, 6))
    [[best]] = search(toy, [SOURCES[0]], Search(beam=3, max_length=9), [(4, EOS)])
    assert best.tokens == (4,)
    assert best.finished
    assert best.score == pytest.approx(log_prob(toy, SOURCES[0], (4, EOS)))
    assert len(toy.rows_seen) == 2


def test_a_prefix_may_be_longer_than_outputs_may_be():
    toy = Toy(random_table(5, 6))
    [[best]] = search(toy, [SOURCES[0]], Search(max_length=1), [(4, 5, 4)])
    assert best.tokens == (4, 5, 4)


def test_a_prefix_may_end_before_the_minimal_length():
    [[best]] = search(Toy(random_table(5, 6)), [SOURCES[0]], Search(min_length=4), [(4, EOS)])
    assert best.tokens == (4,)
    assert best.finished
