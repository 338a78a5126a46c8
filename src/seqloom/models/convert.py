"""A converter's answers, in the units of its data.

What is written is the mean of each step's density, fed back where the model feeds back. How sure that is:

    nothing is fed back    the density of each step itself: its deviation and its exact quantiles
    frames are fed back    what is far ahead hangs on what is drawn before: deviation and quantiles of
                           many sampled futures
    outputs may end        the density of each step, given the frames written before it: sampled outputs
                           have no common length to compare over

Sizes: B sources, R samples of each, T target frames, G target features, L levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seqloom.config.frames import Attending
from seqloom.data.frames.batch import FrameBatch
from seqloom.data.frames.conversion import LEVELS, Conversion
from seqloom.models.frames import Given, Written, given_of
from seqloom.models.frames_run import FramesRun
from seqloom.search.stepper import Reals


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """levels of the quantiles, how many futures are sampled for them where they must be, and the seed
    that draws them"""

    levels: Sequence[float] = LEVELS
    samples: int = 200
    seed: int = 1


@torch.inference_mode()
def convert(run: FramesRun, batch: FrameBatch, asked: Asked) -> list[Conversion]:
    """One answer for each source of the batch."""
    given = given_of(batch, run.model)
    written = run.model.write(given, run.model.density.mean)
    scale, quantiles = _doubts(run, given, written, asked)
    scaler = run.setting.target.scaler
    frames = scaler.undo(batch.restored(_numpy(written.frames)))
    scale = scale * batch.factor[:, None] * np.array(scaler.deviation, np.float32)
    quantiles = scaler.undo(batch.restored(quantiles))
    weights = None if written.weights is None else _numpy(written.weights)
    lengths = written.lengths.tolist()
    return [
        Conversion(
            frames[row, :length],
            scale[row, :length],
            dict(zip(asked.levels, quantiles[:, row, :length], strict=True)),
            None if weights is None else weights[row, :length, : batch.source_lengths[row]],
            run.setting.target.names,
        )
        for row, length in enumerate(lengths)
    ]


def _doubts(run: FramesRun, given: Given, written: Written, asked: Asked) -> tuple[Reals, Reals]:
    """Deviations [B, T, G] and quantiles [L, B, T, G]."""
    settings, model = run.recipe.model, run.model
    ends = isinstance(settings, Attending) and settings.ending == "bit"
    if model.feeds_back and not ends:
        return _sampled(run, given, asked)
    shape = written.parameters.shape[:2]
    components = model.density.components(written.parameters.flatten(0, 1))
    quantiles = components.quantiles(asked.levels).unflatten(1, shape)
    return _numpy(components.deviation().unflatten(0, shape)), _numpy(quantiles)


def _sampled(run: FramesRun, given: Given, asked: Asked) -> tuple[Reals, Reals]:
    density = run.model.density
    generator = torch.Generator(given.source.device).manual_seed(asked.seed)
    drawn = run.model.write(given, lambda p: density.sample(p, generator), asked.samples).frames
    futures = _numpy(drawn.unflatten(0, (len(given.source), asked.samples)))
    # Between 0 and 1 there is nothing that a bit could be.
    method = "inverted_cdf" if run.setting.target.bits else "linear"
    quantiles = np.quantile(futures, asked.levels, axis=1, method=method)
    return futures.std(axis=1), quantiles.astype(np.float32)


def _numpy(tensor: Tensor) -> Reals:
    return tensor.float().cpu().numpy()
