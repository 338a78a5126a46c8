"""Pooling by hand, and what holds for every kind of it."""

from math import exp, tanh

import pytest
import torch
from tests.nn.attention_by_hand import fill, tensor

from seqloom.nn.attention.pooling import Max, Mean, SelfAttention

KINDS = [SelfAttention(5, 3), Mean(), Max()]
VALID = torch.tensor(
    [[True, True, False, False], [True, True, True, True], [True, False, False, False]]
)


def test_attention_over_two_words_by_hand():
    # u = tanh(2 h_1 - h_2 + 0.5), energies 3 u.
    pooling = SelfAttention(states=2, hidden=1)
    fill(pooling, W__weight=[[2, -1]], W__bias=[0.5], u__weight=[[3]])
    states = tensor([[[0.1, 0.4], [-0.3, 0.2]]])
    vector, weights = pooling(states, torch.ones(1, 2, dtype=torch.bool))
    first, second = exp(3 * tanh(0.2 - 0.4 + 0.5)), exp(3 * tanh(-0.6 - 0.2 + 0.5))
    a, b = first / (first + second), second / (first + second)
    assert weights[0].tolist() == pytest.approx([a, b])
    assert vector[0].tolist() == pytest.approx([0.1 * a - 0.3 * b, 0.4 * a + 0.2 * b])


def test_the_mean_leaves_padding_out():
    states, valid = tensor([[[1.0], [4.0], [900.0]]]), torch.tensor([[True, True, False]])
    vector, weights = Mean()(states, valid)
    assert vector.item() == 2.5
    assert weights[0].tolist() == [0.5, 0.5, 0.0]


def test_the_maximum_is_taken_feature_by_feature_and_weights_say_from_where():
    states = tensor([[[-1.0, -5.0, 2.0, 0.0], [-2.0, -4.0, 1.0, -3.0], [9.0, 9.0, 9.0, 9.0]]])
    vector, weights = Max()(states, torch.tensor([[True, True, False]]))
    assert vector[0].tolist() == [-1.0, -4.0, 2.0, 0.0]
    assert weights[0].tolist() == [0.75, 0.25, 0.0]


@pytest.mark.parametrize("pooling", KINDS, ids=lambda p: type(p).__name__)
def test_weights_are_a_distribution_over_valid_positions(pooling):
    _, weights = pooling.double()(torch.randn(3, 4, 5).double(), VALID)
    assert weights.sum(1).tolist() == pytest.approx([1, 1, 1])
    assert (weights[~VALID] == 0).all()
    assert (weights >= 0).all()


@pytest.mark.parametrize("pooling", KINDS, ids=lambda p: type(p).__name__)
def test_what_stands_on_padding_changes_nothing(pooling):
    states = torch.randn(3, 4, 5).double()
    other = torch.where(VALID.unsqueeze(2), states, torch.full_like(states, 1e6))
    for one, two in zip(pooling.double()(states, VALID), pooling(other, VALID), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("pooling", KINDS, ids=lambda p: type(p).__name__)
def test_pooling_has_the_derivatives_of_small_differences(pooling):
    states = torch.randn(3, 4, 5).double().requires_grad_()
    inputs = [states, *pooling.double().parameters()]
    assert torch.autograd.gradcheck(lambda *_: pooling(states, VALID).vector, inputs)
