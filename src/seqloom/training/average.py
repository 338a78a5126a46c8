"""Averages of weights.

ema          w' = d w' + (1 - d) w after every update; d grows from 0 to `decay`, so that the
             first weights are soon forgotten (Polyak & Juditsky 1992)
last, best   the mean of a few validations' weights, kept on disk until the end
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

Weights = dict[str, Tensor]


def weights_of(model: nn.Module) -> Weights:
    """The parameters by name, each once even where two modules share it."""
    return {name: weight.detach() for name, weight in model.named_parameters()}


class MovingAverage:
    """The average of a model's weights over its updates."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights: Weights = {name: w.clone() for name, w in weights_of(model).items()}

    @torch.no_grad()
    def follow(self, model: nn.Module, update: int) -> None:
        """Move towards the model's weights after `update` (counted from 1)."""
        decay = min(self.decay, (1 + update) / (10 + update))
        current = weights_of(model)
        for name, average in self.weights.items():
            average.lerp_(current[name], 1 - decay)


def mean_of_files(paths: list[Path]) -> Weights:
    """The mean of the weights in several files, one file in memory at a time."""
    total: Weights = {}
    for path in paths:
        for name, weight in load_file(path).items():
            total[name] = total[name] + weight if name in total else weight.double()
    return {name: (weight / len(paths)).float() for name, weight in total.items()}


@torch.no_grad()
def put(weights: Weights, model: nn.Module) -> None:
    """Copy weights into a model."""
    for name, weight in weights_of(model).items():
        weight.copy_(weights[name])
