"""A beam that is wide enough finds what enumerating every output finds: the whole list."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Toy, constant_table, every_output, log_prob, random_table

from seqloom.config.search import Search
from seqloom.search import search
from seqloom.symbols import EOS

ENOUGH = 2000
SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS))


def expected_scores(toy: Toy, source: tuple[int, ...], settings_: Search) -> dict:
    """Every output with its score, from the formulas and nothing of the search."""
    scores = {}
    for output in every_output(toy, source, settings_.max_length or 0):
        paid = sum(toy.attention(source, output[:t]).astype(np.float64) for t in range(len(output)))
        missing = sum(log(min(weight, 1.0)) for weight in paid)
        penalty = ((5 + len(output)) / 6) ** settings_.length_penalty
        scores[output[:-1]] = (
            log_prob(toy, source, output) / penalty + settings_.coverage_penalty * missing
        )
    return scores


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    vocabulary_size=st.integers(4, 6),
    max_length=st.integers(1, 4),
    alpha=st.sampled_from([0.0, 0.6, 1.0, 2.0]),
    beta=st.sampled_from([0.0, 0.2, 1.0]),
    nbest=st.sampled_from([1, 2, 7, ENOUGH]),
    concentration=st.sampled_from([0.1, 1.0, 10.0]),
)
def test_a_wide_beam_is_exhaustive(
    seed, vocabulary_size, max_length, alpha, beta, nbest, concentration
):
    toy = Toy(random_table(seed, vocabulary_size, concentration=concentration))
    wide = Search(
        beam=ENOUGH,
        nbest=nbest,
        max_length=max_length,
        length_penalty=alpha,
        coverage_penalty=beta,
    )
    for source, found in zip(SOURCES, search(toy, SOURCES, wide), strict=True):
        expected = expected_scores(toy, source, wide)
        best = sorted(expected.values(), reverse=True)[:nbest]
        assert all(hypothesis.finished for hypothesis in found)
        assert [h.score for h in found] == pytest.approx(best, abs=1e-6)
        assert [h.score for h in found] == pytest.approx(
            [expected[h.tokens] for h in found], abs=1e-6
        )
        assert len({h.tokens for h in found}) == len(best)


def test_a_longer_output_wins_under_a_length_penalty_after_shorter_ones_have_finished():
    # p(aa) = .7 * .7 * .3 is below p('') = .3, but per lp(3) = (8/6)^6 it is far above.
    toy = Toy(constant_table({4: 0.7, EOS: 0.3}, 5))
    [[best]] = search(toy, [(4, EOS)], Search(beam=2, max_length=2, length_penalty=6.0))
    assert best.tokens == (4, 4)
    assert best.score == pytest.approx(log(0.7 * 0.7 * 0.3) / (8 / 6) ** 6, abs=1e-6)


def test_equals_are_ranked_by_their_ids():
    toy = Toy(constant_table({4: 0.25, 5: 0.25, EOS: 0.5}, 6))
    [found] = search(toy, [(4, EOS)], Search(beam=9, nbest=3, max_length=1))
    assert [h.tokens for h in found] == [(), (4,), (5,)]
