"""Dropout: what is dropped when, and what is left of the mean."""

import pytest
import torch

from seqloom.nn.dropout import Dropout

ONES = torch.ones(50, 40, 30)


def test_nothing_is_dropped_at_inference():
    dropout = Dropout(0.5, variational=False).eval()
    assert dropout.noise(ONES) is None
    assert dropout(ONES) is ONES


def test_a_probability_of_zero_drops_nothing():
    assert Dropout(0.0, variational=True).noise(ONES) is None


@pytest.mark.parametrize("variational", [False, True])
def test_what_is_kept_is_scaled_so_that_the_mean_stays(variational):
    torch.manual_seed(1)
    dropped = Dropout(0.2, variational)(ONES)
    assert set(dropped.unique().tolist()) == {0.0, 1.25}
    # 1,200 draws at least, of deviation 0.5: five standard errors.
    assert dropped.mean().item() == pytest.approx(1.0, abs=5 * 0.5 / 1200**0.5)


def test_variational_noise_is_the_same_at_every_step():
    noise = Dropout(0.5, variational=True).noise(ONES)
    assert torch.equal(noise, noise[:1].expand_as(noise))
    assert not torch.equal(noise[0, 0], noise[0, 1])


def test_ordinary_noise_is_fresh_at_every_step():
    noise = Dropout(0.5, variational=False).noise(ONES)
    assert not torch.equal(noise[0], noise[1])


def test_noise_is_of_the_type_of_what_it_meets():
    assert Dropout(0.5, variational=False)(ONES.double()).dtype == torch.float64


@pytest.mark.parametrize("p", [0.01, 0.5, 0.93])
def test_each_element_is_dropped_with_the_probability_asked_for_and_alone(p):
    torch.manual_seed(2)
    dropped = (Dropout(p, variational=False)(torch.ones(1, 1_000, 999)) == 0).float()
    error = (p * (1 - p) / dropped.numel()) ** 0.5
    assert dropped.mean().item() == pytest.approx(p, abs=5 * error)
    for apart in (1, 2, 3, 4):  # four elements come of one draw
        both = (dropped[..., apart:] * dropped[..., :-apart]).mean().item()
        assert both == pytest.approx(p * p, abs=5 * (p * p * (1 - p * p) / 990_000) ** 0.5)
