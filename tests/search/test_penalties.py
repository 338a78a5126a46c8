"""Wu et al. 2016, eq. 14, by hand."""

from math import log

import numpy as np
import pytest

from seqloom.search.penalties import Coverage, coverage_penalty, length_penalty


def test_an_output_of_one_token_has_no_length_penalty():
    assert length_penalty(1, alpha=0.7) == 1.0


def test_the_length_penalty_of_seven_tokens_is_two_to_the_alpha():
    assert length_penalty(7, alpha=0.5) == pytest.approx(2**0.5)


def test_without_alpha_length_does_not_count():
    assert length_penalty(99, alpha=0.0) == 1.0


def test_coverage_costs_the_logarithm_of_what_is_missing():
    coverage = np.array([0.5, 1.0, 0.25])
    penalty = coverage_penalty(coverage, np.array([True, True, True]), beta=0.2)
    assert penalty == pytest.approx(0.2 * (log(0.5) + log(1.0) + log(0.25)))


def test_attention_beyond_one_earns_nothing():
    assert coverage_penalty(np.array([3.0]), np.array([True]), beta=1.0) == 0.0


def test_padding_is_not_missed():
    coverage, valid = np.array([1.0, 0.0]), np.array([True, False])
    assert coverage_penalty(coverage, valid, beta=1.0) == 0.0


def test_a_position_never_seen_costs_much_but_not_everything():
    penalty = coverage_penalty(np.array([0.0]), np.array([True]), beta=1.0)
    assert -100 < penalty < -50


def test_coverage_follows_the_hypotheses_that_go_on():
    coverage = Coverage([2], beta=1.0)
    coverage.add(np.array([[[0.9, 0.1]]], dtype=np.float32))
    coverage.follow(np.array([True]), np.array([[0, 0]]))
    coverage.add(np.array([[[0.1, 0.4], [0.05, 0.9]]], dtype=np.float32))
    assert coverage.penalty[0] == pytest.approx([log(0.5), log(0.95)])
