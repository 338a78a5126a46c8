"""Frames in, frames out: what every such model is handed, and what it gives back.

    loss    -log p of given targets, in nats, teacher forcing
    write   targets of its own, fed back as they come

Sizes: B sources, W outputs of each, N = B * W rows with the W of a source side by side, S source frames,
T target frames, I = F + C source features and features of their date, G target features, P parameters of
a density, n real target positions.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqloom.data.frames.batch import FrameBatch
from seqloom.models.tensors import device_of
from seqloom.nn.readouts.bernoulli import Bernoulli
from seqloom.nn.readouts.gaussian import Gaussian
from seqloom.nn.readouts.mixture import DiagonalMixture
from seqloom.nn.readouts.regression import Regression

FrameDensity = Regression | Gaussian | DiagonalMixture | Bernoulli

Choose = Callable[[Tensor], Tensor]
"""Parameters [N, P] of a step -> the frames [N, G] that are written: the mean, or a sample."""


class Given(NamedTuple):
    """What is known before anything is written.

    source [B, S, I] and lengths [B]; known [B, T, C], the dates of the target; first [B, G], what the
    first step is fed
    """

    source: Tensor
    lengths: Tensor
    known: Tensor
    first: Tensor


class Target(NamedTuple):
    """values [B, T, G], lengths [B]."""

    values: Tensor
    lengths: Tensor


class Loss(NamedTuple):
    """Summed over the batch, in nats: of the frames, and of the bits that say which frame is the last."""

    frames: Tensor
    ends: Tensor


class Written(NamedTuple):
    """frames [N, T, G] and the parameters [N, T, P] that they were chosen by, the attention paid to the
    source [N, T, S] or None, and how many frames each output has [N]."""

    frames: Tensor
    parameters: Tensor
    weights: Tensor | None
    lengths: Tensor


class FrameModel(nn.Module, ABC):
    """A converter of sequences."""

    density: FrameDensity

    @abstractmethod
    def loss(self, given: Given, target: Target, own: float = 0.0) -> Loss:
        """own  the probability of being fed the own mean instead of the true frame (Bengio 2015)"""

    @abstractmethod
    def write(self, given: Given, choose: Choose, outputs: int = 1) -> Written:
        """`outputs` of each source, free running."""

    @property
    @abstractmethod
    def feeds_back(self) -> bool:
        """Whether a step is fed what was written before it. If not, the density of a step is all that
        there is to know of it, and needs no samples."""


def given_of(batch: FrameBatch, model: nn.Module) -> Given:
    """A batch as the model takes it."""
    device = device_of(model)
    parts = (batch.source, batch.source_lengths, batch.known, batch.first)
    return Given(*(torch.from_numpy(part).to(device) for part in parts))


def target_of(batch: FrameBatch, model: nn.Module) -> Target:
    """What it should write."""
    device = device_of(model)
    return Target(*(torch.from_numpy(p).to(device) for p in (batch.target, batch.target_lengths)))


def real(lengths: Tensor, steps: int) -> Tensor:
    """Which positions are not padding [B, T]."""
    return torch.arange(steps, device=lengths.device) < lengths.unsqueeze(1)
