"""Location, coverage and several heads by hand."""

from math import exp, sqrt, tanh

import pytest
import torch
from tests.nn.attention_by_hand import (
    asked_at_once,
    asked_one_by_one,
    derivatives_agree,
    fill,
    tensor,
)

from seqloom.errors import UserError
from seqloom.nn.attention.content import Content
from seqloom.nn.attention.coverage import Coverage
from seqloom.nn.attention.location import Location
from seqloom.nn.attention.location_aware import LocationAware
from seqloom.nn.attention.multihead import MultiHead


def softmax(*energies: float) -> list[float]:
    return [exp(energy) / sum(map(exp, energies)) for energy in energies]


def test_location_by_hand():
    # W_a = (1, -2, 0.5, 9): the third source position is the last, the fourth row has no say.
    score = Location(query=1, max_source=4)
    fill(score, W_a__weight=[[1], [-2], [0.5], [9]])
    source, valid = tensor([[[3.0], [5.0], [7.0]]]), torch.ones(1, 3, dtype=torch.bool)
    context, weights = asked_at_once(Content(score), tensor([[[0.4]]]), source, valid)
    expected = softmax(0.4, -0.8, 0.2)
    assert weights[0, 0].tolist() == pytest.approx(expected)
    assert context.item() == pytest.approx(3 * expected[0] + 5 * expected[1] + 7 * expected[2])


def test_a_source_longer_than_location_knows_is_refused_in_one_line():
    score = Content(Location(query=1, max_source=4))
    with pytest.raises(UserError) as error:
        score.remember(torch.zeros(1, 5, 2), torch.ones(1, 5, dtype=torch.bool))
    assert str(error.value) == (
        "location attention knows 4 source positions (decoder.attention.max_source), but this source "
        "has 5 tokens, <eos> counted. Shorten it, or train with a larger maximum."
    )


def coverage() -> Coverage:
    """e = 2 tanh(0.5 q + 0.3 h - 0.7 cov)"""
    attention = Coverage(query=1, source=1, hidden=1)
    fill(attention, W__weight=[[0.5]], U__weight=[[0.3]], w_c__weight=[[-0.7]], v__weight=[[2]])
    return attention


@pytest.mark.parametrize("ask", [asked_at_once, asked_one_by_one])
def test_coverage_by_hand(ask):
    source, valid = tensor([[[1.0], [-2.0], [900.0]]]), torch.tensor([[True, True, False]])
    contexts, weights = ask(coverage(), tensor([[[0.4], [-0.1], [0.6]]]), source, valid)
    covered = [0.0, 0.0]
    for t, q in enumerate([0.4, -0.1, 0.6]):
        first = 2 * tanh(0.5 * q + 0.3 * 1 - 0.7 * covered[0])
        second = 2 * tanh(0.5 * q + 0.3 * -2 - 0.7 * covered[1])
        a = softmax(first, second)
        assert weights[0, t].tolist() == pytest.approx([*a, 0.0])
        assert contexts[0, t].item() == pytest.approx(a[0] * 1 + a[1] * -2)
        covered = [covered[0] + a[0], covered[1] + a[1]]


def location_aware() -> LocationAware:
    """e = 2 tanh(0.5 q + 0.3 h + 0.1 + 0.7 f), f = 1 a'_(j-1) + 2 a'_j + 3 a'_(j+1)"""
    attention = LocationAware(query=1, source=1, hidden=1, filters=1, window=1)
    fill(attention, W__weight=[[0.5]], V__weight=[[0.3]], V__bias=[0.1], U__weight=[[0.7]])
    fill(attention, F__weight=[[[1, 2, 3]]], v__weight=[[2]])
    return attention


@pytest.mark.parametrize("ask", [asked_at_once, asked_one_by_one])
def test_location_aware_attention_by_hand(ask):
    source, valid = tensor([[[1.0], [-2.0], [900.0]]]), torch.tensor([[True, True, False]])
    contexts, weights = ask(location_aware(), tensor([[[0.4], [-0.1], [0.6]]]), source, valid)
    before = [0.0, 0.0]
    for t, q in enumerate([0.4, -0.1, 0.6]):
        seen = [2 * before[0] + 3 * before[1], before[0] + 2 * before[1]]
        first = 2 * tanh(0.5 * q + 0.3 * 1 + 0.1 + 0.7 * seen[0])
        second = 2 * tanh(0.5 * q + 0.3 * -2 + 0.1 + 0.7 * seen[1])
        before = softmax(first, second)
        assert weights[0, t].tolist() == pytest.approx([*before, 0.0])
        assert contexts[0, t].item() == pytest.approx(before[0] * 1 + before[1] * -2)


def test_coverage_belongs_to_the_hypothesis_that_paid_it():
    # Two hypotheses of one source ask differently; each goes on as if it were alone.
    source, valid = tensor([[[1.0], [-2.0]]]), torch.ones(1, 2, dtype=torch.bool)
    attention, queries = coverage(), tensor([[[0.4], [-3.0]], [[0.1], [0.2]]])
    memory = attention.remember(source, valid)
    state = tuple(part.repeat_interleave(2, 0) for part in attention.start(memory))
    for query in queries.split(1):
        _, weights, state = attention.step(query, memory, state)
    for row in (0, 1):
        _, alone = asked_one_by_one(
            attention, queries[:, row : row + 1].transpose(0, 1), source, valid
        )
        assert weights[0, row].tolist() == pytest.approx(alone[0, 1].tolist())


def test_two_heads_by_hand():
    # One query and one source feature; each head has one feature, so nothing is scaled down.
    attention = MultiHead(query=1, source=1, hidden=2, heads=2)
    fill(
        attention,
        W_q__weight=[[1], [2]],
        W_k__weight=[[1], [-1]],
        W_v__weight=[[3], [0.5]],
        W_o__weight=[[1, 10]],
    )
    source, valid = tensor([[[0.2], [-0.6], [50.0]]]), torch.tensor([[True, True, False]])
    context, weights = asked_at_once(attention, tensor([[[0.4]]]), source, valid)
    one = softmax(0.4 * 0.2, 0.4 * -0.6)
    two = softmax(0.8 * -0.2, 0.8 * 0.6)
    mean = [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2]
    assert weights[0, 0].tolist() == pytest.approx([*mean, 0.0])
    first = 3 * (one[0] * 0.2 + one[1] * -0.6)
    second = 0.5 * (two[0] * 0.2 + two[1] * -0.6)
    assert context.item() == pytest.approx(1 * first + 10 * second)


def test_a_head_divides_by_the_root_of_its_size():
    # One head of two features; keys (h, h), query (q, q): 2 q h / sqrt(2).
    attention = MultiHead(query=1, source=1, hidden=2, heads=1)
    fill(attention, W_q__weight=[[1], [1]], W_k__weight=[[1], [1]])
    source, valid = tensor([[[0.2], [-0.6]]]), torch.ones(1, 2, dtype=torch.bool)
    _, weights = asked_at_once(attention, tensor([[[0.4]]]), source, valid)
    expected = softmax(2 * 0.4 * 0.2 / sqrt(2), 2 * 0.4 * -0.6 / sqrt(2))
    assert weights[0, 0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    "attention",
    [Coverage(2, 3, 5), LocationAware(2, 3, 5, 2, 1), MultiHead(2, 3, 4, 2)],
    ids=lambda a: type(a).__name__,
)
def test_kinds_have_the_derivatives_of_small_differences(attention):
    queries, source = torch.randn(1, 3, 2).double(), torch.randn(1, 4, 3).double()
    assert derivatives_agree(attention, queries, source, torch.tensor([[True, True, True, False]]))
