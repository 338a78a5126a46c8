"""Readout and cross-entropy in one, for training: sums over n positions, in nats, of

    z = W f + b
    nll      = log sum_v exp z_v - z_y                       -log p of the target y
    uniform  = log sum_v exp z_v - mean_v z_v                the mean over the vocabulary of -log p
    smoothed = (1 - e) nll + e uniform

and its gradient with respect to z,  softmax(z) - (1 - e) onehot(y) - e / V,  which stands ready once z
does. Chain rule by hand, because a vocabulary of thousands makes [n, V] the largest array of training:
autograd would read and write it some ten times, in arrays of its own. Here there is one, in which the
gradient takes the place of z.

Sizes: n positions, F features, V vocabulary.
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqloom.nn.products import Factor, Plain, factor

_TOGETHER = 1 << 20
"""Numbers of z that are looked at before the next: 4 MB."""


def cross_entropy(
    features: Float[Tensor, "n F"],
    weight: Float[Tensor, "V F"],
    bias: Float[Tensor, " V"],
    targets: Int[Tensor, " n"],
    smoothing: float,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """smoothed, and nll without a gradient; e = `smoothing`."""
    return _CrossEntropy.apply(features, weight, factor(weight), bias, targets, smoothing)  # pyright: ignore


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        weight: Tensor,
        ready: Factor,
        bias: Tensor,
        targets: Tensor,
        smoothing: float,
    ) -> tuple[Tensor, Tensor]:
        n, V = len(features), len(weight)
        if isinstance(ready, Plain):
            slope = torch.addmm(bias, features, weight.t())
        else:
            features = ready.ready(features)
            slope = ready.on(features).add_(bias)
        nll, uniform = slope.new_empty(n), slope.new_empty(n)
        rows = max(1, _TOGETHER // V)
        for start in range(0, n, rows):
            part = slice(start, start + rows)
            z, y = slope[part], targets[part].unsqueeze(1)
            total = z.logsumexp(dim=1)
            nll[part] = total - z.gather(1, y).squeeze(1)
            if smoothing:
                uniform[part] = total - z.mean(dim=1)
            z.sub_(total.unsqueeze(1)).exp_()
            if smoothing:
                z.sub_(smoothing / V)
            z.scatter_add_(1, y, z.new_full(y.shape, smoothing - 1))
        ctx.save_for_backward(slope, features)
        ctx.weight = ready
        told = nll.sum()
        ctx.mark_non_differentiable(told)
        return (1 - smoothing) * told + (smoothing * uniform.sum() if smoothing else 0.0), told

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *slopes: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        (slope, features), weight, scale = ctx.saved_tensors, ctx.weight, slopes[0]
        of_bias = slope.sum(dim=0).mul_(scale)
        slope = weight.ready(slope)
        of_features = weight.back(slope).mul_(scale)
        of_weight = weight.gradient(slope, features).mul_(scale)
        return of_features, of_weight, None, of_bias, None, None
