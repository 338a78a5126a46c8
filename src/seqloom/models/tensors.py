"""From a padded batch of numpy ids to tensors beside a model's weights."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqloom.data.batching import Batch, pad, together
from seqloom.models.encoder_decoder import Pairs


def device_of(model: nn.Module) -> torch.device:
    """Where a model's weights are."""
    return next(model.parameters()).device


def to_tensor(ids: NDArray[np.int64] | NDArray[np.float32], device: torch.device) -> Tensor:
    """Ids or frames as a tensor; on the CPU they share their memory, unless that is read-only."""
    return torch.from_numpy(np.require(ids, requirements="W")).to(device)


def pairs_of(batch: Batch, model: nn.Module) -> Pairs:
    """A batch as the model takes it."""
    device = device_of(model)
    return Pairs(
        to_tensor(batch.source, device),
        to_tensor(batch.source_lengths, device),
        to_tensor(batch.target, device),
        to_tensor(batch.target_lengths, device),
        None if batch.links is None else torch.from_numpy(batch.links).to(device),
    )


def pair_of(source: Sequence[int], target: Sequence[int], model: nn.Module) -> Pairs:
    """One pair as the model takes it, ids with <eos> last."""
    (sources, source_lengths), (targets, target_lengths) = together([source]), pad([target])
    return pairs_of(Batch(sources, source_lengths, targets, target_lengths, np.arange(1)), model)
