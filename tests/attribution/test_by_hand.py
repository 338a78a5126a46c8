"""Attributions of a linear model, which a reader can redo.

Logit of <eos> at step t: z_t = (1, 2) . sum_j c_tj x_j; three others have 0. So
d log p(<eos>) / d x_j = (1 - p_t) c_tj (1, 2), with p_t = e^z / (e^z + 3).
"""

import math

import numpy as np
import pytest
import torch
from tests.attribution.linear import linear_model

from seqloom.attribution.embedded import PairQuestion
from seqloom.attribution.gradients import gradient_norm, gradient_x_input
from seqloom.attribution.integrated import integrated_gradients
from seqloom.models.encoder_decoder import Pairs
from seqloom.symbols import EOS, UNK

PAIR = Pairs(*map(torch.tensor, ([[4, 5, EOS]], [3], [[EOS, EOS]], [2])))
"""x = (3, -1), (0.5, 4), (2, 0): u . x = 1, 8.5, 2."""
LOGITS = [1 * 1 + 2 * 8.5, 8.5 + 2]
AT_UNKNOWN = [1 * 3 + 2 * 3, 3 + 2]
"""With <unk> = (1, 1), of which u . x = 3, for all but <eos>."""


def probability(logit: float) -> float:
    return math.exp(logit) / (math.exp(logit) + 3)


def test_the_gradient_norm_is_the_slope_by_hand() -> None:
    slopes = [(1 - probability(z)) * math.sqrt(5) for z in LOGITS]
    expected = [[slopes[0], 2 * slopes[0], 0], [0, slopes[1], slopes[1]]]
    assert gradient_norm(PairQuestion([linear_model()], PAIR)).numpy() == pytest.approx(
        np.array(expected)
    )


def test_gradient_times_input_is_the_slope_times_what_was_read() -> None:
    doubts = [1 - probability(z) for z in LOGITS]
    expected = [[doubts[0] * 1, doubts[0] * 2 * 8.5, 0], [0, doubts[1] * 8.5, doubts[1] * 2]]
    assert gradient_x_input(PairQuestion([linear_model()], PAIR)).numpy() == pytest.approx(
        np.array(expected)
    )


def test_members_count_by_their_share_in_the_probability() -> None:
    """The other knows nothing: its embeddings are 0, so its p = 1/4, and its way leads nowhere. Both
    have a slope (1 - p) c_tj (1, 2), the first weighted by p / (p + 1/4), the other by the rest."""
    other = linear_model()
    with torch.no_grad():
        other.encoder.embedding.weight.zero_()
    chances = [probability(z) for z in LOGITS]
    shares = [p / (p + 0.25) for p in chances]
    slopes = [
        (share * (1 - p) + (1 - share) * 0.75) * math.sqrt(5)
        for share, p in zip(shares, chances, strict=True)
    ]
    both = [linear_model(), other]
    norms = [[slopes[0], 2 * slopes[0], 0], [0, slopes[1], slopes[1]]]
    assert gradient_norm(PairQuestion(both, PAIR)).numpy() == pytest.approx(np.array(norms))
    doubts = [share * (1 - p) for share, p in zip(shares, chances, strict=True)]
    parts = [[doubts[0] * 1, doubts[0] * 2 * 8.5, 0], [0, doubts[1] * 8.5, doubts[1] * 2]]
    assert gradient_x_input(PairQuestion(both, PAIR)).numpy() == pytest.approx(np.array(parts))
    due = [
        math.log((probability(z) + 0.25) / (probability(b) + 0.25))
        for z, b in zip(LOGITS, AT_UNKNOWN, strict=True)
    ]
    found = integrated_gradients(PairQuestion(both, PAIR)).weights.sum(1).numpy()
    assert found == pytest.approx(np.array(due), abs=0.02)


def test_integrated_gradients_share_the_difference_by_hand() -> None:
    """Along the way all slopes have the same factor, so shares are those of the logit."""
    found = integrated_gradients(PairQuestion([linear_model()], PAIR))
    due = [
        math.log(probability(z) / probability(b)) for z, b in zip(LOGITS, AT_UNKNOWN, strict=True)
    ]
    moved = [[1 - 3, 2 * (8.5 - 3), 0], [0, 8.5 - 3, 0]]
    expected = [[d * part / sum(row) for part in row] for d, row in zip(due, moved, strict=True)]
    assert found.weights.numpy() == pytest.approx(np.array(expected), abs=0.02)
    assert found.gap <= 0.02
    assert UNK == 1
