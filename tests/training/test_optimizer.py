"""Learning rates by hand."""

from math import cos, pi, sqrt

import pytest
import torch
from torch import nn

from seqloom.config import SGD, Adam, AdamW, Constant, Cosine, InverseSqrt, Plateau
from seqloom.training import optimizer
from seqloom.training.optimizer import make_optimizer, rate_factor

NEVER_FELL = optimizer.Plateau()


@pytest.mark.parametrize(
    "schedule", [Constant(warmup=4), Plateau(warmup=4), InverseSqrt(warmup=4), Cosine(warmup=4)]
)
@pytest.mark.parametrize(("update", "share"), [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)])
def test_every_schedule_warms_up_in_a_straight_line(schedule, update, share):
    assert rate_factor(schedule, update, 100, NEVER_FELL) == pytest.approx(share)


@pytest.mark.parametrize(
    ("schedule", "update", "share"),
    [
        (Constant(), 1, 1.0),
        (Constant(warmup=4), 400, 1.0),
        (Plateau(), 1, 1.0),
        (InverseSqrt(warmup=4), 16, sqrt(4 / 16)),
        (InverseSqrt(warmup=1), 9, sqrt(1 / 9)),
        (Cosine(), 50, 0.5),
        (Cosine(), 100, 0.0),
        (Cosine(), 25, 0.5 * (1 + cos(pi / 4))),
        (Cosine(warmup=20), 60, 0.5),
        (Cosine(floor=0.1), 50, 0.1 + 0.9 * 0.5),
        (Cosine(floor=0.1), 100, 0.1),
        (Cosine(floor=0.1), 1000, 0.1),
    ],
)
def test_the_rate_of_an_update_by_hand(schedule, update, share):
    assert rate_factor(schedule, update, 100, NEVER_FELL) == pytest.approx(share)


def test_a_cosine_without_an_end_stays():
    assert rate_factor(Cosine(warmup=2), 1000, None, NEVER_FELL) == 1.0


def scales(settings: Plateau, losses: list[float]) -> list[float]:
    """What the rate is scaled by after each validation."""
    state, found = optimizer.Plateau(), []
    for loss in losses:
        state.observe(loss, settings)
        found.append(rate_factor(settings, 1000, None, state))
    return found


def test_a_plateau_lets_the_rate_fall_after_more_than_patience_bad_validations():
    settings = Plateau(factor=0.5, patience=1)
    # 2.0 is the best; 2.1 is borne, 2.0 is no better and is not. Then the count starts anew.
    assert scales(settings, [3.0, 2.0, 2.1, 2.0, 2.5, 1.9, 2.0, 2.0]) == [
        1.0,
        1.0,
        1.0,
        0.5,
        0.5,
        0.5,
        0.5,
        0.25,
    ]


def test_a_plateau_has_a_floor():
    assert scales(Plateau(factor=0.5, patience=0, floor=0.3), [1, 1, 1, 1]) == [1, 0.5, 0.3, 0.3]


def test_other_schedules_pay_no_heed_to_validations():
    state = optimizer.Plateau()
    for _ in range(9):
        state.observe(1.0, Constant())
    assert state == optimizer.Plateau()


def stepped(settings: Adam | AdamW | SGD, *gradients: float) -> float:
    """A weight that starts from 1, after some steps."""
    weight = nn.Parameter(torch.tensor(1.0))
    chosen = make_optimizer(settings, [weight])
    for gradient in gradients:
        weight.grad = torch.tensor(gradient)
        chosen.step()
    return weight.item()


def test_sgd_by_hand():
    assert stepped(SGD(rate=0.1), 2.0, 3.0) == pytest.approx(1 - 0.1 * 2 - 0.1 * 3)


def test_sgd_with_momentum_by_hand():
    # The second step goes along 0.9 * 2 + 3.
    settings = SGD(rate=0.1, momentum=0.9)
    assert stepped(settings, 2.0, 3.0) == pytest.approx(1 - 0.1 * 2 - 0.1 * (0.9 * 2 + 3))


def test_the_first_step_of_adam_is_as_long_as_its_rate():
    assert stepped(Adam(rate=0.01), 7.0) == pytest.approx(1 - 0.01)
    assert stepped(Adam(rate=0.01), -0.002) == pytest.approx(1 + 0.01)


def test_adamw_also_decays_the_weight():
    settings = AdamW(rate=0.01, weight_decay=0.5)
    assert stepped(settings, 7.0) == pytest.approx(1 - 0.01 * 0.5 - 0.01)
