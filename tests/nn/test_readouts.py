"""Readouts by hand, and what tying shares."""

from math import log, sqrt

import pytest
import torch
from torch import Tensor, nn

from seqloom.nn.readouts.density import Spread
from seqloom.nn.readouts.softmax import Maxout, Softmax

KINDS = {"softmax": Softmax(2, 3, None), "maxout": Maxout(2, 5, 3, None)}
each_kind = pytest.mark.parametrize("readout", KINDS.values(), ids=KINDS)
# Odds of 1 : 2 : 5, at another level in the second row.
LOGITS = torch.tensor([[0.0, log(2), log(5)], [7.0, 7 + log(2), 7 + log(5)]]).double()


def set_to(parameter: Tensor, values: object) -> None:
    with torch.no_grad():
        parameter.copy_(torch.tensor(values))


def test_softmax_logits_by_hand():
    readout = Softmax(2, 3, tied_to=None)
    set_to(readout.output.weight, [[1.0, 2.0], [0.0, -1.0], [3.0, 0.0]])
    set_to(readout.output.bias, [0.5, 0.0, -0.5])
    assert readout(torch.tensor([[2.0, -1.0]]))[0].tolist() == pytest.approx([0.5, 1.0, 5.5])


def test_maxout_takes_the_larger_of_each_pair_by_hand():
    # Four linear units of one feature, f = 2: 2, -2 | 1, 3 after the biases; the larger are 2 and 3.
    readout = Maxout(1, 2, 1, tied_to=None)
    set_to(readout.U.weight, [[1.0], [-1.0], [0.5], [0.5]])
    set_to(readout.U.bias, [0.0, 0.0, 0.0, 2.0])
    set_to(readout.softmax.output.weight, [[10.0, 1.0]])
    set_to(readout.softmax.output.bias, [0.0])
    assert readout(torch.tensor([[2.0]])).item() == pytest.approx(23.0)


@each_kind
def test_log_p_of_a_token_by_hand(readout):
    found = readout.log_prob(LOGITS, torch.tensor([2, 0]))
    assert found.tolist() == pytest.approx([log(5 / 8), log(1 / 8)])


@each_kind
def test_log_p_stays_finite_where_logits_are_huge(readout):
    huge = torch.tensor([[1e6, -1e6, 0.0]]).double()
    found = [readout.log_prob(huge, torch.tensor([token])).item() for token in range(3)]
    assert found == [0.0, -2e6, -1e6]


@each_kind
def test_the_mean_is_the_distribution(readout):
    assert readout.mean(LOGITS)[0].tolist() == pytest.approx([1 / 8, 2 / 8, 5 / 8])


@each_kind
@pytest.mark.parametrize(
    ("spread", "odds"),
    [(Spread(), [1, 2, 5]), (Spread(temperature=0.5), [1, 4, 25]), (Spread(bias=3), [1, 2, 5])],
)
def test_tokens_are_drawn_as_often_as_the_temperature_says(readout, spread, odds):
    many, generator = 20_000, torch.Generator().manual_seed(5)
    drawn = readout.sample(LOGITS[:1].expand(many, -1), generator, spread)
    for token, odd in enumerate(odds):
        chance = odd / sum(odds)
        error = sqrt(chance * (1 - chance) / many)
        assert (drawn == token).double().mean().item() == pytest.approx(chance, abs=5 * error)


@each_kind
def test_log_p_adds_up_to_the_loss_of_training(readout):
    features, targets = torch.randn(7, 2), torch.tensor([0, 1, 2, 2, 1, 0, 2])
    by_logits = -readout.log_prob(readout(features), targets).sum()
    torch.testing.assert_close(by_logits, readout.loss(features, targets, 0.0).nll)


@pytest.mark.parametrize(("features", "parameters"), [(5, 11 * 5 + 11), (3, 11 * 5 + 11 + 3 * 5)])
def test_a_tied_readout_has_the_embedding_for_its_weight(features, parameters):
    embedding = nn.Embedding(11, 5)
    readout = Softmax(features, 11, tied_to=embedding)
    assert readout.output.weight is embedding.weight
    assert sum(weight.numel() for weight in readout.parameters()) == parameters
    assert readout(torch.zeros(2, features)).shape == (2, 11)
