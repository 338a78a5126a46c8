"""Integrated gradients (Sundararajan 2017): the gradient along the straight way from a baseline.

    W_tj = (x_j - b_j) . integral from 0 to 1 of g_tj(b + a (x - b)) da

The baseline b is <unk> in the place of every token but <eos>, which stays what it is and so gets nothing.
What can be copied stays what it is too: the way leads through embeddings only.

Completeness: sum_j W_tj = log p(y_t | x) - log p(y_t | b). The integral is a sum over
Gauss-Legendre points, twice as many each time until no step is off by more than TOLERANCE nats plus as
large a share of its difference; the gap that is left is reported.

Sizes: T output tokens, S source tokens, E embedding, P points.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.attribution.embedded import TOGETHER, embeddings, gradients, log_probs
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.symbols import UNK

TOLERANCE = 0.01
FEWEST_POINTS, MOST_POINTS = 16, 256


class Integrated(NamedTuple):
    """weights [T, S]; the largest gap of completeness over the steps, in nats; the points it took."""

    weights: Tensor
    gap: float
    points: int


def integrated_gradients(
    model: EncoderDecoder, pair: Pairs, together: int = TOGETHER
) -> Integrated:
    """Of one pair, <eos> counted on both sides."""
    embedded = embeddings(model, pair.source)
    baseline = embeddings(model, unknown(pair))
    due = _difference(model, pair, embedded, baseline)
    allowed = TOLERANCE + TOLERANCE * due.abs()
    points = FEWEST_POINTS
    while True:
        weights = _integral(model, pair, embedded, baseline, points, together)
        gaps = (weights.sum(1) - due).abs()
        if bool((gaps <= allowed).all()) or points >= MOST_POINTS:
            return Integrated(weights, float(gaps.max()), points)
        points *= 2


def unknown(pair: Pairs) -> Tensor:
    """The baseline of a source, as ids."""
    source = torch.full_like(pair.source, UNK)
    length = int(pair.source_lengths[0])
    source[:, length - 1 :] = pair.source[:, length - 1 :]  # <eos> and padding
    return source


@torch.no_grad()
def _difference(
    model: EncoderDecoder, pair: Pairs, embedded: Tensor, baseline: Tensor
) -> Float[Tensor, " T"]:
    """log p at the source less that at the baseline."""
    length = int(pair.target_lengths[0])
    there, here = log_probs(model, pair, embedded), log_probs(model, pair, baseline)
    return (there - here)[0, :length]


def _integral(
    model: EncoderDecoder,
    pair: Pairs,
    embedded: Float[Tensor, "1 S E"],
    baseline: Float[Tensor, "1 S E"],
    points: int,
    together: int,
) -> Float[Tensor, "T S"]:
    nodes, shares = (
        torch.as_tensor(values / 2, dtype=embedded.dtype, device=embedded.device)
        for values in np.polynomial.legendre.leggauss(points)
    )
    way = embedded - baseline
    at = baseline + (nodes + 0.5).view(-1, 1, 1) * way
    steps = torch.arange(int(pair.target_lengths[0]), device=embedded.device)
    rows: list[Tensor] = []
    for some in steps.split(max(1, together // points)):
        asked = some.repeat_interleave(points)
        found = gradients(model, pair, at.repeat(len(some), 1, 1), asked, together)
        mean = torch.einsum("p,tpse->tse", shares, found.unflatten(0, (len(some), points)))
        rows.append((mean * way).sum(2))
    return torch.cat(rows)
