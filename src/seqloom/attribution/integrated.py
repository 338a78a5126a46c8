"""Integrated gradients (Sundararajan 2017): the gradient along the straight way from a baseline.

    W_tj = (x_j - b_j) . integral from 0 to 1 of g_tj(b + a (x - b)) da

The baseline b is <unk> in the place of every token but <eos>, which stays what it is and so gets nothing.
What can be copied stays what it is too: the way leads through embeddings only.

Completeness: sum_j W_tj = log p(y_t | x) - log p(y_t | b). The integral is a sum over
Gauss-Legendre points, twice as many each time until no step is off by more than TOLERANCE nats plus as
large a share of its difference; the gap that is left is reported.

Of several models that answer as one, all go their own way at the same pace a, and their shares add up:
W_tj = sum_m (x_mj - b_mj) . integral of g_tmj, which is as complete for the log p that they give together.

Sizes: T output tokens, S source tokens, E embedding, P points.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.attribution.embedded import TOGETHER, Embedded, Question, gradients

TOLERANCE = 0.01
FEWEST_POINTS, MOST_POINTS = 16, 256


class Integrated(NamedTuple):
    """weights [T, S]; the largest gap of completeness over the steps, in nats; the points it took."""

    weights: Tensor
    gap: float
    points: int


def integrated_gradients(question: Question, together: int = TOGETHER) -> Integrated:
    embedded, baseline = question.embeddings(), question.baseline()
    due = _difference(question, embedded, baseline)
    allowed = TOLERANCE + TOLERANCE * due.abs()
    points = FEWEST_POINTS
    while True:
        weights = _integral(question, embedded, baseline, points, together)
        gaps = (weights.sum(1) - due).abs()
        if bool((gaps <= allowed).all()) or points >= MOST_POINTS:
            return Integrated(weights, float(gaps.max()), points)
        points *= 2


@torch.no_grad()
def _difference(question: Question, embedded: Embedded, baseline: Embedded) -> Float[Tensor, " T"]:
    """log p at the source less that at the baseline."""
    there, here = (question.log_probs(at, question.steps) for at in (embedded, baseline))
    return (there - here)[0]


def _integral(
    question: Question,
    embedded: Embedded,
    baseline: Embedded,
    points: int,
    together: int,
) -> Float[Tensor, "T S"]:
    nodes, shares = (
        torch.as_tensor(values / 2, dtype=embedded[0].dtype, device=embedded[0].device)
        for values in np.polynomial.legendre.leggauss(points)
    )
    ways = [x - b for x, b in zip(embedded, baseline, strict=True)]
    at = [b + (nodes + 0.5).view(-1, 1, 1) * way for b, way in zip(baseline, ways, strict=True)]
    steps = torch.arange(question.steps, device=embedded[0].device)
    rows: list[Tensor] = []
    for some in steps.split(max(1, together // points)):
        asked = some.repeat_interleave(points)
        here = [own.repeat(len(some), 1, 1) for own in at]
        found = gradients(question, here, asked, together)
        parts = [own.unflatten(0, (len(some), points)) for own in found]
        means = [torch.einsum("p,tpse->tse", shares, own) for own in parts]
        moved = [(mean * way).sum(2) for mean, way in zip(means, ways, strict=True)]
        rows.append(torch.stack(moved).sum(0))
    return torch.cat(rows)
