"""Losses by hand."""

from math import exp, log

import pytest
import torch

from seqloom.models.classification_loss import one_label, several_labels

LOGITS = torch.tensor([[1.0, 0.0], [0.0, 0.0]]).double()


def test_one_label_by_hand():
    first, second = -log(exp(1) / (exp(1) + 1)), log(2)
    loss = one_label(LOGITS, torch.tensor([0, 1]), torch.tensor([3.0, 0.5]).double())
    assert loss.weighted.item() == pytest.approx(3 * first + 0.5 * second)
    assert loss.nll.item() == pytest.approx(first + second)
    assert loss.documents == 2


def test_smoothing_shares_with_all_labels():
    right, wrong = -log(exp(1) / (exp(1) + 1)), -log(1 / (exp(1) + 1))
    loss = one_label(LOGITS[:1], torch.tensor([0]), smoothing=0.2)
    assert loss.weighted.item() == pytest.approx(0.9 * right + 0.1 * wrong)
    assert loss.nll.item() == pytest.approx(right)


def test_several_labels_by_hand():
    p = 1 / (1 + exp(-1))
    has = torch.tensor([[1.0, 0.0], [1.0, 1.0]]).double()
    loss = several_labels(LOGITS, has, torch.tensor([2.0, 1.0]).double())
    assert loss.nll.item() == pytest.approx(-log(p) + 3 * log(2))
    assert loss.weighted.item() == pytest.approx(-2 * log(p) + log(2) + 2 * log(2) + log(2))


def test_smoothing_shares_between_yes_and_no():
    p = 1 / (1 + exp(-1))
    loss = several_labels(LOGITS[:1, :1], torch.ones(1, 1).double(), smoothing=0.2)
    assert loss.weighted.item() == pytest.approx(-0.9 * log(p) - 0.1 * log(1 - p))
