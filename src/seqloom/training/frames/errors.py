"""How far off a model is when it writes on its own, in standardised units.

Sizes: B pairs, T target frames, G target features.
"""

import numpy as np
import torch

from seqloom.data.frames.batching import FrameBatches
from seqloom.models.frames import FrameModel, given_of


@torch.inference_mode()
def squared_and_absolute(model: FrameModel, batches: FrameBatches) -> tuple[float, float]:
    """Mean squared and mean absolute error over all features of the frames that both have: what the
    model wrote, its mean fed back, and what was to be written."""
    model.eval()
    squared = absolute = 0.0
    values = 0
    for batch in batches.in_order():
        written = model.write(given_of(batch, model), model.density.mean)
        frames, lengths = written.frames.float().cpu().numpy(), written.lengths.cpu().numpy()
        steps = min(frames.shape[1], batch.target.shape[1])
        both = np.arange(steps) < np.minimum(lengths, batch.target_lengths)[:, None]
        off = (frames[:, :steps] - batch.target[:, :steps]) * batch.factor[:, None]
        off = off[both].astype(np.float64)
        squared += float(np.square(off).sum())
        absolute += float(np.abs(off).sum())
        values += off.size
    return squared / max(1, values), absolute / max(1, values)
