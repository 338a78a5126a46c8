"""Local attention by hand, in a short source, which is scored whole, and in a long one, out of which
the windows are taken first."""

from math import exp, tanh

import pytest
import torch
from tests.nn.attention_by_hand import (
    asked_at_once,
    asked_one_by_one,
    derivatives_agree,
    fill,
    tensor,
)
from torch import Tensor

from seqloom.nn.attention.local import LocalM, LocalP
from seqloom.nn.attention.scores import Concat, Dot, General, Score

SHORT, LONG = 7, 90
"""Positions; a window of 2 * 1 + 1 goes into the second thirty times."""
each_length = pytest.mark.parametrize("length", [SHORT, LONG])


def softmax(energies: list[float]) -> list[float]:
    return [exp(energy) / sum(map(exp, energies)) for energy in energies]


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def source_of(length: int, padding: int = 2) -> tuple[Tensor, Tensor, list[float]]:
    """One source of one feature, all its values different, padded with what would win."""
    values = [((7 * j) % length) / length - 0.5 for j in range(length)]
    padded = tensor([[[value] for value in [*values, *[900.0] * padding]]])
    return padded, (torch.arange(length + padding) < length).unsqueeze(0), values


def local_p(score: Score, reach: int) -> LocalP:
    """p = S sigmoid(1.5 tanh(2 q))"""
    attention = LocalP(score, reach, query=1)
    fill(attention, W_p__weight=[[2]], v_p__weight=[[1.5]])
    return attention


def expected_of(energies: dict[int, float], length: int) -> list[float]:
    """Weights of all positions, padding among them, from the energies of some; the first is 1."""
    weights = dict(zip(energies, softmax(list(energies.values())), strict=True))
    return [weights.get(j, 0.0) for j in range(1, length + 1)]


@each_length
@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("ask", [asked_at_once, asked_one_by_one])
def test_local_m_by_hand(ask, padding, length):
    # e = q h. The window of the first step is cut by the start, that of the last ones by the end.
    source, valid, h = source_of(length, padding)
    queries = [0.4 + 0.1 * t for t in range(length + 3)]
    contexts, weights = ask(LocalM(Dot(), 1), tensor([[[q] for q in queries]]), source, valid)
    for t, q in enumerate(queries, start=1):
        centre = min(t, length)
        window = [j for j in range(centre - 1, centre + 2) if 1 <= j <= length]
        expected = expected_of({j: q * h[j - 1] for j in window}, length + padding)
        assert weights[0, t - 1].tolist() == pytest.approx(expected)
        context = sum(a * value for a, value in zip(expected, h, strict=False))
        assert contexts[0, t - 1].item() == pytest.approx(context)


@each_length
@pytest.mark.parametrize("reach", [1, 2])
def test_local_p_by_hand(length, reach):
    # e = q h - (j - p)^2 / (2 (D / 2)^2), D the reach.
    source, valid, h = source_of(length)
    queries = [-2.0, -0.3, 0.0, 0.1, 0.5, 3.0]
    contexts, weights = asked_at_once(
        local_p(Dot(), reach), tensor([[[q] for q in queries]]), source, valid
    )
    for t, q in enumerate(queries):
        p = length * sigmoid(1.5 * tanh(2 * q))
        window = [j for j in range(1, length + 1) if p - reach <= j <= p + reach]
        lowered = {j: q * h[j - 1] - (j - p) ** 2 / (2 * (reach / 2) ** 2) for j in window}
        expected = expected_of(lowered, length + 2)
        assert weights[0, t].tolist() == pytest.approx(expected)
        context = sum(a * value for a, value in zip(expected, h, strict=False))
        assert contexts[0, t].item() == pytest.approx(context)


@each_length
@pytest.mark.parametrize(("push", "nearest"), [(-1e4, 0), (1e4, -3)], ids=["start", "end"])
def test_a_centre_at_either_end_leaves_a_window(length, push, nearest):
    # p is 0 or S; the last real position stands before two of padding.
    source, valid, _ = source_of(length)
    attention = local_p(Dot(), 1)
    fill(attention, v_p__weight=[[push]])
    _, weights = asked_at_once(attention, tensor([[[1.0]]]), source, valid)
    assert weights.sum().item() == pytest.approx(1)
    assert weights[0, 0, nearest] > 0
    assert weights[0, 0].count_nonzero() <= 2


@each_length
def test_a_source_of_one_token_gets_all_the_weight(length):
    source, valid, _ = source_of(1, padding=length)
    for attention in (LocalM(Dot(), 1), local_p(Dot(), 1)):
        contexts, weights = asked_at_once(attention, tensor([[[0.4], [-5.0]]]), source, valid)
        assert weights[0, :, 0].tolist() == pytest.approx([1.0, 1.0])
        assert contexts.flatten().tolist() == pytest.approx([source[0, 0, 0].item()] * 2)


@pytest.mark.parametrize(
    ("score", "length", "looked_at"),
    [(Dot(), SHORT, SHORT), (Dot(), LONG, 3), (Concat(1, 1, 1), SHORT, 3)],
    ids=["short", "long", "short but costly"],
)
def test_no_more_is_scored_than_is_worth_it(score, length, looked_at):
    seen: list[int] = []
    score.double().register_forward_hook(lambda _, given, __: seen.append(given[1].shape[1]))
    source, valid, _ = source_of(length, padding=0)
    asked_at_once(LocalM(score, 1), tensor([[[0.4], [0.5]]]), source, valid)
    assert seen == [looked_at]


@each_length
def test_every_row_and_every_hypothesis_has_a_window_of_its_own(length):
    torch.manual_seed(3)
    attention = LocalP(General(2, 3), 1, 2).double()
    source, queries = torch.randn(3, length, 3).double(), torch.randn(3, 4, 2).double()
    valid = torch.arange(length) < torch.tensor([[length], [2], [length - 1]])
    contexts, weights = asked_at_once(attention, queries, source, valid)
    for row, hypothesis in [(0, 0), (0, 3), (1, 1), (2, 2)]:
        alone = [part[row : row + 1] for part in (source, valid)]
        query = queries[row : row + 1, hypothesis : hypothesis + 1]
        context, paid = asked_at_once(attention, query, *alone)
        torch.testing.assert_close(contexts[row, hypothesis], context[0, 0])
        torch.testing.assert_close(weights[row, hypothesis], paid[0, 0])


@pytest.mark.parametrize("score", [General(2, 3), Concat(2, 3, 5)], ids=["whole", "taken"])
def test_local_p_has_the_derivatives_of_small_differences(score):
    torch.manual_seed(3)
    queries, source = torch.randn(1, 3, 2).double(), torch.randn(1, 6, 3).double()
    valid = torch.tensor([[True] * 5 + [False]])
    assert derivatives_agree(LocalP(score, 2, 2), queries, source, valid)
