"""Attention by hand: two positions, sizes of one or two, sums that a reader can redo."""

from math import exp, sqrt, tanh

import pytest
import torch
from torch import Tensor

from seqloom.nn.attention.content import Content
from seqloom.nn.attention.scores import Additive, Concat, Dot, General, Score


def tensor(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def with_weights(score: Score, **weights: object) -> Score:
    score = score.double()
    with torch.no_grad():
        for name, values in weights.items():
            score.get_parameter(name.replace("__", ".")).copy_(tensor(values))
    return score


def energies(score: Score, query: list[float], source: list[list[float]]) -> list[float]:
    """Of one query over one source."""
    return score(tensor([[query]]), score.keys(tensor([source])))[0, 0].tolist()


def test_dot_by_hand():
    found = energies(Dot(), [2, -1], [[1, 3], [0.5, 4]])
    assert found == pytest.approx([2 * 1 - 1 * 3, 2 * 0.5 - 1 * 4])


def test_scaled_dot_by_hand():
    found = energies(Dot(scaled=True), [2, -1], [[1, 3], [0.5, 4]])
    assert found == pytest.approx([-1 / sqrt(2), -3 / sqrt(2)])


def test_general_by_hand():
    # q = (2, -1), W is 2 x 3: q W = (2 * 1 - 1 * 0, 2 * 0 - 1 * 1, 2 * 3 - 1 * 2) = (2, -1, 4)
    score = with_weights(General(query=2, source=3), W__weight=[[1, 0, 3], [0, 1, 2]])
    found = energies(score, [2, -1], [[1, 1, 1], [0, 5, 0.5]])
    assert found == pytest.approx([2 - 1 + 4, -5 + 2])


def test_additive_by_hand():
    # One query feature, two source features, a hidden layer of two.
    score = with_weights(
        Additive(query=1, source=2, hidden=2),
        W__weight=[[1], [0.5]],
        U__weight=[[1, 0], [0, -1]],
        v__weight=[[2, 3]],
    )
    found = energies(score, [0.4], [[0.1, 0.2], [-0.3, 0]])
    first = 2 * tanh(0.4 + 0.1) + 3 * tanh(0.2 - 0.2)
    second = 2 * tanh(0.4 - 0.3) + 3 * tanh(0.2 + 0)
    assert found == pytest.approx([first, second])


def test_concat_by_hand():
    # W = [W_q, W_k] = [1, 2] and a bias of -0.3, so e = v tanh(q + 2 k - 0.3).
    score = with_weights(
        Concat(query=1, source=1, hidden=1),
        W_q__weight=[[1]],
        W_k__weight=[[2]],
        W_k__bias=[-0.3],
        v__weight=[[5]],
    )
    found = energies(score, [0.4], [[0.1], [-0.2]])
    assert found == pytest.approx([5 * tanh(0.4 + 0.2 - 0.3), 5 * tanh(0.4 - 0.4 - 0.3)])


def attend(queries: object, source: object, valid: object) -> tuple[Tensor, Tensor]:
    attention = Content(Dot())
    memory = attention.remember(tensor(source), torch.tensor(valid))
    return attention.over(tensor(queries), memory, ())


def test_the_context_is_the_mean_of_the_source_under_the_weights():
    # Energies 1 and 3: the second weight is sigmoid(2).
    context, weights = attend([[[1.0]]], [[[1.0], [3.0]]], [[True, True]])
    second = 1 / (1 + exp(-2))
    assert weights[0, 0].tolist() == pytest.approx([1 - second, second])
    assert context.item() == pytest.approx(1 * (1 - second) + 3 * second)


def test_padding_has_no_weight_however_well_it_answers():
    context, weights = attend([[[1.0]]], [[[1.0], [900.0]]], [[True, False]])
    assert weights[0, 0].tolist() == [1.0, 0.0]
    assert context.item() == 1.0


def test_energies_too_large_for_exp_are_no_danger():
    _, weights = attend([[[1.0]]], [[[1e4], [1e4]]], [[True, True]])
    assert weights[0, 0].tolist() == [0.5, 0.5]


def test_every_query_is_answered_on_its_own():
    source, valid = [[[1.0], [3.0]], [[2.0], [2.5]]], [[True, True], [True, True]]
    together, _ = attend([[[1.0], [-2.0]], [[0.5], [7.0]]], source, valid)
    for row, column, query in [(0, 0, 1.0), (0, 1, -2.0), (1, 0, 0.5), (1, 1, 7.0)]:
        alone, _ = attend([[[query]]], [source[row]], [valid[row]])
        assert together[row, column].item() == pytest.approx(alone.item())


@pytest.mark.parametrize(
    "score", [General(2, 3), Additive(2, 3, 5), Concat(2, 3, 5)], ids=lambda s: type(s).__name__
)
def test_scores_have_the_derivatives_of_small_differences(score):
    score = score.double()
    query, source = torch.randn(1, 2, 2).double(), torch.randn(1, 4, 3).double()
    assert torch.autograd.gradcheck(
        lambda query, source: score(query, score.keys(source)),
        (query.requires_grad_(), source.requires_grad_()),
    )
