"""Models whose probabilities are averaged."""

from itertools import permutations
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Toy, constant_table, every_output, random_table

from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.search import EnsembleStepper, search
from seqloom.symbols import EOS, SOS

SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS))
SEEDS = st.integers(0, 10**6)
SEARCHES = (
    Search(max_length=6),
    Search(beam=4, nbest=4, max_length=6),
    Search(beam=4, nbest=4, groups=2, max_length=6),
    Search(sample=True, nbest=5, max_length=6),
)


@pytest.mark.parametrize("settings_", SEARCHES)
def test_an_ensemble_of_one_is_that_model(settings_):
    table = random_table(3, 7, concentration=0.5)
    alone = search(Toy(table), SOURCES, settings_)
    ensemble = search(EnsembleStepper([Toy(table)]), SOURCES, settings_)
    for expected, found in zip(alone, ensemble, strict=True):
        for one, other in zip(expected, found, strict=True):
            assert one.tokens == other.tokens
            assert one.token_log_probs == other.token_log_probs
            np.testing.assert_array_equal(one.weights, other.weights)


def test_the_probability_is_the_mean_of_the_members():
    # (.6 + .2) / 2 = .4 and (.1 + .7) / 2 = .4 and (.3 + .1) / 2 = .2
    one = Toy(constant_table({4: 0.6, 5: 0.1, EOS: 0.3}, 6))
    other = Toy(constant_table({4: 0.2, 5: 0.7, EOS: 0.1}, 6))
    ensemble = EnsembleStepper([one, other])
    start = ensemble.start([(4, EOS)])
    candidates, _ = ensemble.step(start, np.array([[SOS]]), 3, np.array([[EOS]]))
    assert candidates.tokens[0, 0].tolist() == [4, 5, EOS]
    assert candidates.log_probs[0, 0] == pytest.approx([log(0.4), log(0.4), log(0.2)], abs=1e-6)
    assert candidates.wanted == pytest.approx(np.array([[log(0.2)]]), abs=1e-6)


def test_what_one_member_thinks_impossible_the_others_may_allow():
    one, other = Toy(constant_table({4: 1.0}, 6)), Toy(constant_table({EOS: 1.0}, 6))
    [[best]] = search(EnsembleStepper([one, other]), [(4, EOS)], Search(beam=2, max_length=3))
    assert best.tokens == ()
    assert best.score == pytest.approx(log(0.5))


def test_what_only_one_member_can_copy_has_its_share():
    class Copies(Toy):
        """Knows of two tokens beyond the vocabulary."""

        def __init__(self, table):
            super().__init__(table)
            self.vocabulary_size = 5

        def step(self, state, tokens, k, wanted=None):
            return super().step(state, tokens, k if k < 5 else 7, wanted)

    copies = Copies(constant_table({4: 0.4, 6: 0.4, EOS: 0.2}, 7))
    plain = Toy(constant_table({4: 0.7, EOS: 0.3}, 5))
    ensemble = EnsembleStepper([plain, copies])
    candidates, _ = ensemble.step(ensemble.start([(4, EOS)]), np.array([[SOS]]), 5)
    assert candidates.tokens[0, 0, :3].tolist() == [4, EOS, 6]
    assert np.exp(candidates.log_probs[0, 0, :3]) == pytest.approx([0.55, 0.25, 0.2], abs=1e-6)


@pytest.mark.parametrize("settings_", SEARCHES)
def test_the_order_of_the_members_does_not_matter(settings_):
    toys = [Toy(random_table(seed, 7, concentration=0.5)) for seed in (1, 2, 3)]
    expected, *others = (
        search(EnsembleStepper(order), SOURCES, settings_) for order in permutations(toys)
    )
    for found in others:
        assert [[h.tokens for h in hs] for hs in found] == [
            [h.tokens for h in hs] for hs in expected
        ]


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_a_wide_beam_over_an_ensemble_is_exhaustive(seed):
    toys = [Toy(random_table(seed + m, 6)) for m in range(2)]
    wide = Search(beam=400, nbest=400, max_length=3)
    for source, found in zip(SOURCES, search(EnsembleStepper(toys), SOURCES, wide), strict=True):
        expected = {
            output[:-1]: sum(
                log(np.mean([np.exp(toy.log_probs(source, output[:t])[token]) for toy in toys]))
                for t, token in enumerate(output)
            )
            for output in every_output(toys[0], source, 3)
        }
        assert {h.tokens for h in found} == set(expected)
        assert [h.score for h in found] == pytest.approx(
            [expected[h.tokens] for h in found], abs=1e-5
        )
        assert [h.score for h in found] == pytest.approx(
            sorted(expected.values(), reverse=True), abs=1e-5
        )


def test_the_attention_is_the_mean_of_those_that_have_any():
    table = random_table(3, 7)

    class Left(Toy):
        def attention(self, source, output):
            return np.eye(len(source), dtype=np.float32)[0]

    members = [Toy(table), Left(table), Toy(table, attends=False)]
    [[best]] = search(EnsembleStepper(members), [SOURCES[0]], Search(max_length=3))
    assert best.weights is not None
    first = (Toy(table).attention(SOURCES[0], ()) + np.array([1, 0, 0])) / 2
    assert best.weights[0] == pytest.approx(first, abs=1e-6)


def test_members_without_attention_have_none_together():
    toy = Toy(random_table(3, 7), attends=False)
    [[best]] = search(EnsembleStepper([toy, toy]), [SOURCES[0]], Search(max_length=3))
    assert best.weights is None


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, k=st.integers(1, 7))
def test_the_best_candidates_are_those_of_a_full_sort(seed, k):
    ensemble = EnsembleStepper([Toy(random_table(seed + m, 7)) for m in range(2)])
    tokens = np.full((3, 1), SOS)
    every, _ = ensemble.step(ensemble.start(SOURCES), tokens, 99)
    best, _ = ensemble.step(ensemble.start(SOURCES), tokens, k)
    assert every.tokens.shape == (3, 1, 7)
    np.testing.assert_array_equal(best.log_probs, every.log_probs[:, :, :k])
    assert (np.diff(every.log_probs[..., :5]) <= 0).all()


def test_unlike_vocabularies_are_refused_with_their_sizes():
    with pytest.raises(UserError, match="one vocabulary, but theirs have 6, 7 tokens"):
        EnsembleStepper([Toy(random_table(3, 6)), Toy(random_table(3, 7))])


def test_an_ensemble_of_nobody_is_refused():
    with pytest.raises(UserError, match="at least one model"):
        EnsembleStepper([])
