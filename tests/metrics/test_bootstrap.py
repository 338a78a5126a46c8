"""Intervals and comparisons: what resampling must and must not find."""

import time

import numpy as np
import pytest

from seqloom.errors import UserError
from seqloom.metrics import compare, evaluate
from seqloom.metrics.bootstrap import resample


def coin_flips(share: float, items: int, seed: int) -> list[str]:
    """Outputs right ('a') with a known probability."""
    right = np.random.default_rng(seed).random(items) < share
    return ["a" if hit else "b" for hit in right]


def test_the_interval_covers_the_true_share_about_nineteen_times_in_twenty():
    references = [["a"]] * 300
    covered = 0
    for trial in range(200):
        score = evaluate(
            coin_flips(0.7, 300, trial), references, ["exact"], bootstrap=200, seed=trial
        )["exact"]
        covered += score.low <= 70.0 <= score.high
    # 190 of 200 expected, standard deviation 3; five of them either way.
    assert 175 <= covered <= 200


def test_the_interval_has_the_width_of_the_binomial():
    outputs = ["a"] * 500 + ["b"] * 500
    score = evaluate(outputs, [["a"]] * 1000, ["exact"], bootstrap=2000)["exact"]
    width = 2 * 1.96 * 100 * (0.5 * 0.5 / 1000) ** 0.5
    assert score.high - score.low == pytest.approx(width, rel=0.1)


@pytest.mark.parametrize("metric", ["exact", "wer", "per", "cer", "bleu", "chrf"])
def test_items_all_alike_leave_no_doubt(metric: str):
    score = evaluate(["a b c d x"] * 17, [["a b c d e"]] * 17, [metric], bootstrap=50)[metric]
    assert score.low == score.value == score.high


def test_a_resample_draws_as_many_items_as_there_are():
    counts = np.ones((13, 1))
    np.testing.assert_array_equal(resample(counts, 7, seed=1), np.full((7, 1), 13.0))


def test_the_same_seed_draws_the_same_intervals():
    outputs, references = coin_flips(0.5, 100, 1), [["a"]] * 100
    assert evaluate(outputs, references, ["per"], seed=5) == evaluate(
        outputs, references, ["per"], seed=5
    )


def test_a_metric_has_the_same_interval_alone_and_in_company():
    outputs, references = coin_flips(0.5, 100, 1), [["a"]] * 100
    company = evaluate(outputs, references, ["chrf", "exact", "per"], bootstrap=100)
    alone = evaluate(outputs, references, ["per"], bootstrap=100)
    assert company["per"] == alone["per"]


def test_no_resamples_no_interval():
    score = evaluate(["a"], [["a"]], ["exact"], bootstrap=0)["exact"]
    assert (score.low, score.high) == (None, None)


def test_a_thousand_resamples_of_ten_thousand_items_are_cheap():
    outputs, references = coin_flips(0.5, 10_000, 1), [["a"]] * 10_000
    start = time.process_time()
    evaluate(outputs, references, ["wer", "per", "cer"], bootstrap=1000)
    assert time.process_time() - start < 3.0


def test_a_system_does_not_differ_from_itself():
    outputs = coin_flips(0.5, 50, 1)
    found = compare(outputs, outputs, [["a"]] * 50, "wer")
    assert (found.value, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_pairing_sees_a_small_gain_that_the_intervals_hide():
    # 40 right answers of 100 against the same 40 and 10 more: the intervals overlap.
    first, second = ["a"] * 50 + ["b"] * 50, ["a"] * 40 + ["b"] * 60
    references = [["a"]] * 100
    better, worse = (evaluate(o, references, ["exact"])["exact"] for o in (first, second))
    found = compare(first, second, references, "exact")
    assert worse.high > better.low
    assert found.value == 10.0
    assert found.low > 0.0
    assert found.p_value < 0.05


def test_chance_differences_are_seldom_called_significant():
    references = [["a"]] * 100
    alarms = 0
    for trial in range(100):
        first = coin_flips(0.5, 100, 2 * trial)
        second = coin_flips(0.5, 100, 2 * trial + 1)
        found = compare(first, second, references, "exact", bootstrap=200, seed=trial)
        alarms += found.p_value < 0.05
    # 5 of 100 expected, standard deviation 2.2.
    assert alarms <= 16


def test_swapping_the_systems_turns_the_sign():
    first, second, references = coin_flips(0.6, 80, 1), coin_flips(0.4, 80, 2), [["a"]] * 80
    there, back = (
        compare(one, other, references, "per", bootstrap=200)
        for one, other in ((first, second), (second, first))
    )
    assert there.value == -back.value
    assert (there.low, there.high) == (-back.high, -back.low)
    assert there.p_value == back.p_value


def test_a_comparison_needs_resamples():
    with pytest.raises(UserError, match=r"bootstrap must be at least 1 to compare, but is 0\."):
        compare(["a"], ["b"], [["a"]], "wer", bootstrap=0)


def test_a_negative_number_of_resamples_is_refused():
    with pytest.raises(UserError, match=r"bootstrap must be at least 0 .*, but is -1\."):
        evaluate(["a"], [["a"]], ["wer"], bootstrap=-1)
