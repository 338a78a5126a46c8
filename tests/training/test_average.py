"""Averages of weights by hand."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from seqloom.training.average import MovingAverage, mean_of_files, put, weights_of


def one_weight(value: float) -> nn.Linear:
    model = nn.Linear(1, 1, bias=False)
    set_to(model, value)
    return model


def set_to(model: nn.Linear, value: float) -> None:
    with torch.no_grad():
        model.weight.fill_(value)


def test_a_moving_average_by_hand():
    # After update t the decay is (1 + t) / (10 + t) at most: 2/11, 3/12, and 0.25 from then on.
    model = one_weight(1.0)
    average = MovingAverage(model, decay=0.25)
    expected = 1.0
    for update, (value, decay) in enumerate([(5.0, 2 / 11), (-1.0, 0.25), (4.0, 0.25)], 1):
        set_to(model, value)
        average.follow(model, update)
        expected = decay * expected + (1 - decay) * value
        assert average.weights["weight"].item() == pytest.approx(expected)


def test_an_average_leaves_the_model_alone():
    model = one_weight(1.0)
    average = MovingAverage(model, decay=0.5)
    set_to(model, 2.0)
    average.follow(model, 1)
    assert model.weight.item() == 2.0
    put(average.weights, model)
    set_to(model, 7.0)
    assert average.weights["weight"].item() != 7.0


def test_the_mean_of_files_by_hand(tmp_path):
    paths = [tmp_path / f"{value}.safetensors" for value in (1.0, 2.0, 6.0)]
    for path in paths:
        save_file(weights_of(one_weight(float(path.stem))), path)
    mean = mean_of_files(paths)
    assert mean["weight"].item() == 3.0
    assert mean["weight"].dtype == torch.float32


def test_a_shared_weight_is_averaged_once():
    embedding, readout = nn.Embedding(3, 2), nn.Linear(2, 3, bias=False)
    readout.weight = embedding.weight
    assert list(weights_of(nn.ModuleList([embedding, readout]))) == ["0.weight"]
