"""A batch of documents as tensors.

Sizes: B documents, L sentences in the longest, N sentences in a group, T words in its longest, C labels.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqloom.data.documents.batching import DocumentBatch
from seqloom.models.tensors import device_of, to_tensor


class Sentences(NamedTuple):
    """Sentences of like length, padded: words [N, T], lengths [N], places [N], where place b * L + l
    is sentence l of document b."""

    words: Tensor
    lengths: Tensor
    places: Tensor


class Documents(NamedTuple):
    """All sentences in groups, and how many each document has [B]."""

    groups: tuple[Sentences, ...]
    sentences: Tensor


def documents_of(batch: DocumentBatch, model: nn.Module) -> Documents:
    """A batch as the model takes it."""
    device = device_of(model)
    groups = tuple(
        Sentences(*(to_tensor(part, device) for part in (group.words, group.lengths, group.places)))
        for group in batch.groups
    )
    return Documents(groups, to_tensor(batch.sentences, device))


def label_of(batch: DocumentBatch, model: nn.Module) -> Tensor:
    """The one label of each document [B]."""
    return torch.tensor([label for (label,) in batch.labels], device=device_of(model))


def labels_of(batch: DocumentBatch, num_labels: int, model: nn.Module) -> Tensor:
    """Which labels each document has, as zeros and ones [B, C]."""
    like = next(model.parameters())
    has = like.new_zeros(len(batch), num_labels)
    for row, labels in enumerate(batch.labels):
        has[row, list(labels)] = 1.0
    return has
