"""Scheduled sampling: the probability of the model's own guess, by hand."""

from math import exp, log

import pytest

from seqloom.config import Sampling
from seqloom.training.pairs.sampling import inverse_sigmoid_constant, own_probability

each_decay = pytest.mark.parametrize("decay", ["linear", "exponential", "inverse_sigmoid"])


def test_linear_by_hand():
    settings = Sampling(start=0.1, end=0.5, updates=8)
    found = [own_probability(settings, update) for update in (0, 2, 4, 8, 100)]
    assert found == pytest.approx([0.1, 0.2, 0.3, 0.5, 0.5])


def test_exponential_by_hand():
    # The true token keeps 0.01^(i / 8): a tenth halfway, a hundredth at the end.
    settings = Sampling(start=0.1, end=0.5, updates=8, decay="exponential")
    found = [own_probability(settings, update) for update in (0, 4, 8)]
    assert found == pytest.approx([0.1, 0.1 + 0.4 * 0.9, 0.1 + 0.4 * 0.99])


def test_inverse_sigmoid_by_hand():
    # With k = 10 the true token keeps 1 / 100 where exp(i / 10) = 990: a little before update 69.
    k = inverse_sigmoid_constant(69)
    assert k == pytest.approx(10, rel=1e-3)
    settings = Sampling(start=0.1, end=0.5, updates=69, decay="inverse_sigmoid")
    for update in (1, 23, 69):
        true = k / (k + exp(update / k))
        assert own_probability(settings, update) == pytest.approx(0.1 + 0.4 * (1 - true))
    assert own_probability(settings, 69) == pytest.approx(0.1 + 0.4 * 0.99)


@pytest.mark.parametrize("updates", [1, 7, 5000, 10**9])
def test_the_constant_of_the_inverse_sigmoid_leaves_a_hundredth(updates):
    k = inverse_sigmoid_constant(updates)
    assert updates / k == pytest.approx(log(99 * k))


@each_decay
def test_the_own_guess_is_never_fed_less_often_than_before(decay):
    settings = Sampling(start=0.05, end=0.6, updates=40, decay=decay)
    rising = [own_probability(settings, update) for update in range(200)]
    assert rising == sorted(rising)
    assert 0.05 <= rising[0] < rising[40] <= 0.6
    assert own_probability(settings, 10**9) == pytest.approx(0.6)


@each_decay
def test_equal_ends_stay(decay):
    settings = Sampling(start=0.3, end=0.3, decay=decay)
    assert own_probability(settings, 1234) == pytest.approx(0.3)
