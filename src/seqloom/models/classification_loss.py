"""What a classifier is fitted to, in nats, summed over a batch.

    one label        - sum_i w_y log softmax(logits_i)_y            for the label y of document i
    several labels   - sum_i sum_c w_c y_ic log p_ic + (1 - y_ic) log(1 - p_ic),  p = sigmoid(logits)

w is 1 without class weights. Smoothing e replaces a label by 1 - e of it and e spread evenly: over all
labels, or over yes and no.

Sizes: B documents, C labels.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy


class ClassificationLoss(NamedTuple):
    """Sums over the batch: `weighted` is what training minimises; `nll` has neither weights nor
    smoothing; `documents` is how many there are."""

    weighted: Tensor
    nll: Tensor
    documents: int


def one_label(
    logits: Float[Tensor, "B C"],
    label: Int[Tensor, " B"],
    weights: Float[Tensor, " C"] | None = None,
    smoothing: float = 0.0,
) -> ClassificationLoss:
    """Softmax cross-entropy; a document counts with the weight of its label."""
    nll = cross_entropy(logits, label, reduction="none")
    fitted = nll
    if smoothing:
        uniform = -torch.log_softmax(logits, dim=1).mean(dim=1)
        fitted = (1 - smoothing) * nll + smoothing * uniform
    if weights is not None:
        fitted = fitted * weights[label]
    return ClassificationLoss(fitted.sum(), nll.detach().sum(), len(label))


def several_labels(
    logits: Float[Tensor, "B C"],
    labels: Float[Tensor, "B C"],
    weights: Float[Tensor, " C"] | None = None,
    smoothing: float = 0.0,
) -> ClassificationLoss:
    """Every label is a question of its own; where it applies it counts with its weight."""
    asked = labels * (1 - smoothing) + 0.5 * smoothing
    weighted = binary_cross_entropy_with_logits(logits, asked, pos_weight=weights, reduction="sum")
    nll = binary_cross_entropy_with_logits(logits.detach(), labels, reduction="sum")
    return ClassificationLoss(weighted, nll, len(logits))
