"""Perplexity is exp of the mean negative log probability of a token."""

import math

import pytest

from seqloom.errors import UserError
from seqloom.metrics import evaluate


def perplexity(log_probs: list[float], num_tokens: list[int], bootstrap: int = 0):
    words = ["x"] * len(log_probs)
    return evaluate(
        words,
        [[word] for word in words],
        ["perplexity"],
        log_probs=log_probs,
        num_tokens=num_tokens,
        bootstrap=bootstrap,
    )["perplexity"]


def test_choosing_evenly_among_seven_tokens_has_perplexity_seven():
    assert perplexity([-3 * math.log(7), -2 * math.log(7)], [3, 2]).value == pytest.approx(7.0)


def test_the_mean_is_over_tokens_and_not_over_items():
    # p = 1/2 once and 1/8 three times: 2 ** ((1 + 9) / 4).
    found = perplexity([math.log(1 / 2), 3 * math.log(1 / 8)], [1, 3]).value
    assert found == pytest.approx(2 ** (10 / 4))


def test_an_impossible_reference_makes_it_infinite_and_null_in_json():
    score = perplexity([-1.0, -math.inf], [1, 1], bootstrap=100)
    assert score.value == math.inf
    assert score.to_dict()["value"] is None
    assert score.low == pytest.approx(math.e)  # resamples without the impossible item


def test_a_hopeless_model_does_not_overflow():
    assert perplexity([-5000.0], [1]).value == math.inf


def test_not_a_number_is_named_by_its_place():
    with pytest.raises(UserError, match=r"number 2 is NaN"):
        perplexity([-1.0, math.nan], [1, 1])


def test_without_a_model_there_is_no_perplexity():
    with pytest.raises(UserError, match=r"perplexity needs log_probs and num_tokens"):
        evaluate(["a"], [["a"]], ["perplexity"])
