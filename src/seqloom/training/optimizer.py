"""The optimizer, and its learning rate as a function of the update.

every schedule   rises linearly from 0 over `warmup` updates
constant         stays
plateau          falls by `factor` when dev loss has not improved for more than `patience` validations
inverse_sqrt     rate * sqrt(warmup / update)                  Vaswani 2017, section 5.3
cosine           half a cosine down to `floor` at the last update
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

import torch
from torch import nn

from seqloom.config import training as config


def make_optimizer(
    settings: config.Optimizer, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """The optimizer, fused into one pass over the weights."""
    match settings:
        case config.AdamW():
            return torch.optim.AdamW(
                parameters,
                lr=settings.rate,
                betas=settings.betas,
                eps=settings.eps,
                weight_decay=settings.weight_decay,
                fused=True,
            )
        case config.Adam():
            return torch.optim.Adam(
                parameters, lr=settings.rate, betas=settings.betas, eps=settings.eps, fused=True
            )
        case config.SGD():
            return torch.optim.SGD(
                parameters, lr=settings.rate, momentum=settings.momentum, fused=True
            )
        case _:
            assert_never(settings)


@dataclass
class Plateau:
    """How far the rate has fallen, and how long dev loss has stood still."""

    scale: float = 1.0
    bad: int = 0
    best: float = math.inf

    def observe(self, loss: float, settings: config.Schedule) -> None:
        """Take note of a validation; other schedules pay no heed."""
        if not isinstance(settings, config.Plateau):
            return
        self.bad = 0 if loss < self.best else self.bad + 1
        self.best = min(self.best, loss)
        if self.bad > settings.patience:
            self.bad = 0
            self.scale = max(settings.floor, self.scale * settings.factor)


def rate_factor(
    settings: config.Schedule, update: int, total: int | None, plateau: Plateau
) -> float:
    """The share of the first rate to use at `update` (counted from 1).

    total  updates in the whole budget, for schedules that end with it
    """
    warm = min(1.0, update / settings.warmup) if settings.warmup else 1.0
    match settings:
        case config.Constant():
            return warm
        case config.Plateau():
            return warm * plateau.scale
        case config.InverseSqrt():
            return warm if update <= settings.warmup else math.sqrt(settings.warmup / update)
        case config.Cosine():
            if update <= settings.warmup or not total:
                return warm
            done = min(1.0, (update - settings.warmup) / max(1, total - settings.warmup))
            return settings.floor + (1 - settings.floor) * 0.5 * (1 + math.cos(math.pi * done))
        case _:
            assert_never(settings)
