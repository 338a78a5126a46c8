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

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqloom.kernel.entropy import Positions, entropy, parts_of
from seqloom.nn.compiled import compiled
from seqloom.nn.factors import Factor
from seqloom.nn.products import factor

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
        features = ready.prepared(features)
        sums = (_compiled if compiled(bias) else _by_torch)(
            ready.raw(features), bias, targets, smoothing
        )
        ctx.save_for_backward(sums.slope, sums.of_bias, features)
        ctx.weight = ready
        ctx.mark_non_differentiable(sums.nll)
        return (1 - smoothing) * sums.nll + smoothing * sums.uniform, sums.nll

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *slopes: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        (slope, of_bias, features), weight, scale = ctx.saved_tensors, ctx.weight, slopes[0]
        slope = weight.prepared(slope)
        of_features = weight.back(slope).mul_(scale)
        of_weight = weight.gradient(slope, features).mul_(scale)
        return of_features, of_weight, None, of_bias * scale, None, None


class _Sums(NamedTuple):
    """Over all positions; `slope` [n, V] and `of_bias` [V] are gradients of what is smoothed."""

    nll: Tensor
    uniform: Tensor
    slope: Tensor
    of_bias: Tensor


def _compiled(z: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> _Sums:
    (n, V), bias, targets = z.shape, bias.contiguous(), targets.contiguous()
    assert targets.dtype == torch.int64
    if n and not 0 <= int(targets.min()) <= int(targets.max()) < V:
        raise IndexError(f"a target is no id below {V}")
    nll, uniform = bias.new_empty(n), bias.new_empty(n)
    parts = bias.new_zeros(parts_of(n, V, torch.get_num_threads()), V)
    found = nll.data_ptr(), uniform.data_ptr()
    positions = Positions(z.data_ptr(), 8 * z.element_size(), targets.data_ptr(), *found)
    d_bias = [part.data_ptr() for part in parts]
    entropy(positions, bias.data_ptr(), n, V, smoothing, d_bias)
    return _Sums(nll.sum(), uniform.sum(), z, parts.sum(dim=0))


def _by_torch(z: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> _Sums:
    z, (n, V) = z.to(bias.dtype).add_(bias), z.shape
    nll, uniform = bias.new_empty(n), bias.new_empty(n)
    rows = max(1, _TOGETHER // V)
    for start in range(0, n, rows):
        part = slice(start, start + rows)
        slope, y = z[part], targets[part].unsqueeze(1)
        total = slope.logsumexp(dim=1)
        nll[part] = total - slope.gather(1, y).squeeze(1)
        uniform[part] = total - slope.mean(dim=1)
        slope.sub_(total.unsqueeze(1)).exp_().sub_(smoothing / V)
        slope.scatter_add_(1, y, slope.new_full(y.shape, smoothing - 1))
    return _Sums(nll.sum(), uniform.sum(), z, z.sum(dim=0))
