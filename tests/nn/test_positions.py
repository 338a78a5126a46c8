"""Positions by hand."""

from math import cos, sin

import pytest
import torch

from seqloom.nn.positions import placed, positions


def where(first: int, count: int, features: int) -> torch.Tensor:
    return positions(first, count, features, torch.device("cpu"), torch.float64)


def test_the_first_position_is_all_sines_of_zero_and_cosines_of_zero():
    assert where(0, 1, 4).tolist() == [[0.0, 1.0, 0.0, 1.0]]


def test_pairs_of_features_turn_more_and_more_slowly():
    # With four features the wavelengths are 2 pi and 2 pi * 10000^(2/4) = 2 pi * 100.
    expected = [sin(3), cos(3), sin(3 / 100), cos(3 / 100)]
    assert where(3, 1, 4)[0].tolist() == pytest.approx(expected)


def test_an_odd_number_of_features_ends_with_a_sine():
    # 10000^(2/3) for the second pair.
    expected = [sin(2), cos(2), sin(2 / 10000 ** (2 / 3))]
    assert where(2, 1, 3)[0].tolist() == pytest.approx(expected)


def test_positions_can_be_asked_for_from_any_one_on():
    assert torch.equal(where(5, 3, 6), where(0, 8, 6)[5:])


def test_embeddings_are_scaled_by_the_root_of_their_size_before_positions_are_added():
    embedded = torch.tensor([[[0.5, -1.0, 2.0, 0.0]]], dtype=torch.float64)
    assert placed(embedded, 1)[0, 0].tolist() == pytest.approx(
        [1 + sin(1), -2 + cos(1), 4 + sin(0.01), cos(0.01)]
    )


def test_half_precision_tells_late_positions_apart():
    late = placed(torch.zeros(1, 2, 4, dtype=torch.bfloat16), 1000)
    assert late.dtype == torch.bfloat16
    assert late[0, 0, 0].item() == pytest.approx(sin(1000), abs=0.01)
    assert late[0, 1, 0].item() == pytest.approx(sin(1001), abs=0.01)
