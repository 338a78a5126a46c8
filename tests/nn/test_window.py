"""The soft window by hand: Gaussians over the places 1, 2, ... of a source."""

from math import exp, log

import pytest
import torch
from tests.nn.attention_by_hand import (
    asked_at_once,
    asked_one_by_one,
    derivatives_agree,
    fill,
    tensor,
)

from seqloom.nn.attention.window import SoftWindow, past_the_end

each_way = pytest.mark.parametrize("ask", [asked_at_once, asked_one_by_one])


def window(alpha: list[float], beta: list[float], ahead: list[float]) -> SoftWindow:
    """The same window at every step, whatever the query."""
    attention = SoftWindow(1, len(alpha))
    hats = [log(number) for number in (*alpha, *beta, *ahead)]
    fill(attention, W__weight=[[0.0]] * len(hats), W__bias=hats)
    return attention


def questions(steps: int) -> torch.Tensor:
    return tensor([[[0.0]] * steps])


def everywhere(length: int) -> torch.Tensor:
    return torch.ones(1, length, dtype=torch.bool)


@each_way
def test_one_gaussian_by_hand(ask):
    # kappa is 0.5, then 1.0; places are 1, 2, 3.
    source = tensor([[[1.0], [10.0], [100.0]]])
    contexts, weights = ask(window([2], [0.3], [0.5]), questions(2), source, everywhere(3))
    first = [2 * exp(-0.3 * d * d) for d in (0.5, 1.5, 2.5)]
    second = [2 * exp(-0.3 * d * d) for d in (0, 1, 2)]
    assert weights[0, 0].tolist() == pytest.approx(first)
    assert weights[0, 1].tolist() == pytest.approx(second)
    assert contexts[0, 1, 0].item() == pytest.approx(second[0] + 10 * second[1] + 100 * second[2])


@each_way
def test_two_gaussians_add_up(ask):
    source = tensor([[[1.0], [0.0]]])
    attention = window([2, 0.5], [0.3, 4], [1, 2])
    _, weights = ask(attention, questions(1), source, everywhere(2))
    expected = [2 * exp(-0.3 * 0) + 0.5 * exp(-4), 2 * exp(-0.3) + 0.5]
    assert weights[0, 0].tolist() == pytest.approx(expected)


def test_the_query_sets_all_three():
    # q = 2: alpha = exp(0.2), beta = exp(0.4 - 1), kappa = exp(-0.6)
    attention = SoftWindow(1, 1)
    fill(attention, W__weight=[[0.1], [0.2], [-0.3]], W__bias=[0, -1, 0])
    _, weights = asked_at_once(attention, tensor([[[2.0]]]), tensor([[[1.0]]]), everywhere(1))
    expected = exp(0.2) * exp(-exp(-0.6) * (exp(-0.6) - 1) ** 2)
    assert weights.item() == pytest.approx(expected)


def test_the_window_only_moves_forward():
    attention = SoftWindow(3, 4)
    memory = attention.remember(torch.zeros(2, 5, 1), torch.ones(2, 5, dtype=torch.bool))
    state = attention.start(memory)
    for step in range(5):
        before = state[0]
        query = torch.randn(2, 1, 3, generator=torch.Generator().manual_seed(step))
        state = attention.step(query, memory, state).state
        assert (state[0] > before).all()


def test_the_pace_is_where_the_step_forward_begins():
    torch.manual_seed(1)
    quick = SoftWindow(2, 3)
    torch.manual_seed(1)
    slow = SoftWindow(2, 3, pace=0.04)
    moved = slow.W.bias - quick.W.bias
    assert moved.tolist() == pytest.approx([0] * 6 + [log(0.04)] * 3, abs=1e-6)


def random_case() -> tuple[SoftWindow, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Two sources of 5 and 3 places, the second padded with what would win."""
    torch.manual_seed(3)
    attention = SoftWindow(2, 3).double()
    queries = torch.randn(2, 4, 2, dtype=torch.float64)
    source = torch.randn(2, 5, 7, dtype=torch.float64)
    valid = torch.arange(5) < torch.tensor([[5], [3]])
    source[~valid] = 900.0
    return attention, queries, source, valid


@each_way
def test_padding_changes_nothing_and_gets_nothing(ask):
    attention, queries, source, valid = random_case()
    contexts, weights = ask(attention, queries, source, valid)
    alone, paid = ask(attention, queries[1:], source[1:, :3], valid[1:, :3])
    assert (weights[1, :, 3:] == 0).all()
    assert torch.allclose(weights[1:, :, :3], paid)
    assert torch.allclose(contexts[1:], alone)


def test_stepping_is_asking_at_once():
    case = random_case()
    for once, stepped in zip(asked_at_once(*case), asked_one_by_one(*case), strict=True):
        assert torch.allclose(once, stepped)


def test_hypotheses_ask_the_same_source_each_for_itself():
    attention, queries, source, valid = random_case()
    memory = attention.remember(source, valid)
    state = tuple(part.repeat_interleave(4, dim=0) for part in attention.start(memory))
    together = attention.step(queries, memory, state)
    for w in range(4):
        one = attention.step(queries[:, w : w + 1], memory, attention.start(memory))
        assert torch.allclose(together.weights[:, w], one.weights[:, 0])
        assert torch.allclose(together.state[0].view(2, 4, 3)[:, w], one.state[0])


def test_derivatives_agree_with_small_differences():
    assert derivatives_agree(*random_case())


def test_a_wild_query_gives_finite_weights_and_gradients():
    attention, queries, source, valid = random_case()
    wild = (queries * 1e6).requires_grad_()
    contexts, weights = asked_at_once(attention, wild, source, valid)
    (contexts.sum() + weights.sum()).backward()
    assert weights.isfinite().all()
    assert wild.grad.isfinite().all()


def test_the_source_is_ended_when_the_place_behind_it_is_highest():
    # One Gaussian is highest where kappa is nearest: U = 3, so behind 3.5 it has ended.
    attention = window([1], [1], [0.6])
    memory = attention.remember(tensor([[[1.0]] * 5]), torch.arange(5).unsqueeze(0) < 3)
    state, ends = attention.start(memory), []
    for _ in range(8):  # kappa is 0.6, 1.2, ... 4.8
        ends += attention.ended(questions(1), memory, state).flatten().tolist()
        state = attention.step(questions(1), memory, state).state
    assert ends == [False] * 5 + [True] * 3


def test_the_end_is_seen_even_where_every_weight_is_zero_by_rounding():
    attention = window([1], [100], [1000])
    memory = attention.remember(tensor([[[1.0]] * 3]), everywhere(3))
    state = attention.start(memory)
    assert attention.step(questions(1), memory, state).weights.sum() == 0
    assert attention.ended(questions(1), memory, state).item()


@pytest.mark.parametrize(
    ("log_phi", "length", "expected"),
    [
        ([1.0, 2.0, 3.0], 2, True),
        ([1.0, 3.0, 3.0], 2, False),  # must exceed all, and not only equal them
        ([4.0, 2.0, 3.0], 2, False),
        ([1.0, 2.0, 9.0], 1, True),
        ([2.0, 1.0, 9.0], 1, False),  # what lies farther behind does not count
    ],
)
def test_the_rule_by_hand(log_phi, length, expected):
    assert past_the_end(tensor([[log_phi]]), torch.tensor([length])).item() is expected
