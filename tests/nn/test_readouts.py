"""Readouts by hand, and what tying shares."""

import pytest
import torch
from torch import Tensor, nn

from seqloom.nn.readouts.softmax import Maxout, Softmax


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


@pytest.mark.parametrize(("features", "parameters"), [(5, 11 * 5 + 11), (3, 11 * 5 + 11 + 3 * 5)])
def test_a_tied_readout_has_the_embedding_for_its_weight(features, parameters):
    embedding = nn.Embedding(11, 5)
    readout = Softmax(features, 11, tied_to=embedding)
    assert readout.output.weight is embedding.weight
    assert sum(weight.numel() for weight in readout.parameters()) == parameters
    assert readout(torch.zeros(2, features)).shape == (2, 11)
