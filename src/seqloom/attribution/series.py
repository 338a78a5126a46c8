"""A source of frames, position by position: what an output owes to each, and what it loses without it.

    x_j [k F]   the k frames that make position j, side by side, scaled as the model reads them
    nothing     frames of zeros: what is scaled is then at its mean over the training data

Where tokens have embeddings, a position has its frames; gradients are those of embedded.py, and their way
from nothing is a straight one too. Erasing a position:

    unk      its frames are read as zeros
    remove   its frames are not there; those behind them move up. A source that nothing is left of is
             read as one frame of zeros

Sizes: M members, R rows, T output tokens, S frames, F features of one, P positions of k frames.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad as padded

from seqloom.attribution.embedded import Embedded, Members, as_one, repeated, scored
from seqloom.attribution.erased import FLOOR, Erasing, Score
from seqloom.data.batching import Batch, pad, together
from seqloom.models.encoder_decoder import Pairs
from seqloom.search.stepper import Reals
from seqloom.text.series import Series

_TOGETHER = 64
"""Sources scored at once."""


class SeriesQuestion:
    """What an output, <eos> counted, owes to the positions of its source; `joined` frames make one."""

    def __init__(self, models: Members, pair: Pairs, joined: int) -> None:
        self.models = models
        self.pair = pair
        self.joined = joined

    @property
    def steps(self) -> int:
        return int(self.pair.target_lengths[0])

    def embeddings(self) -> Embedded:
        """The frames themselves, [1 P kF], for each member."""
        _, frames, features = self.pair.source.shape
        short = -frames % self.joined
        whole = padded(self.pair.source, (0, 0, 0, short))
        return [whole.reshape(1, -1, self.joined * features) for _ in self.models]

    def baseline(self) -> Embedded:
        return [torch.zeros_like(own) for own in self.embeddings()]

    def log_probs(self, embedded: Embedded, steps: int) -> Float[Tensor, "R T"]:
        pairs = repeated(self.pair, len(embedded[0]), steps)
        _, frames, features = self.pair.source.shape
        sources = (own.reshape(len(own), -1, features)[:, :frames] for own in embedded)
        return as_one(
            [
                scored(model, pairs._replace(source=source))
                for model, source in zip(self.models, sources, strict=True)
            ]
        )


@dataclass(frozen=True, slots=True)
class ErasableSeries:
    """The positions of a source of frames, all of which can be erased, and an output of it."""

    score: Score
    source: Series
    target: Sequence[int]
    erasing: Erasing = "unk"

    @property
    def num_parts(self) -> int:
        return len(self.source)

    @property
    def num_erasable(self) -> int:
        return self.num_parts

    def log_probs(self, erased: Sequence[Collection[int]]) -> Reals:
        found = [np.zeros((0, len(self.target)), dtype=np.float32)]
        for start in range(0, len(erased), _TOGETHER):
            some = erased[start : start + _TOGETHER]
            source, lengths = together([self._without(places) for places in some])
            target, target_lengths = pad([self.target] * len(some))
            batch = Batch(source, lengths, target, target_lengths, np.arange(len(some)))
            found.append(np.maximum(self.score(batch), FLOOR))
        return np.concatenate(found).astype(np.float32)

    def _without(self, places: Collection[int]) -> Reals:
        frames = self.source.frames
        gone = np.isin(np.arange(len(frames)) // self.source.joined, list(places))
        if self.erasing == "unk":
            return np.where(gone[:, None], np.float32(0), frames)
        return np.zeros_like(frames[:1]) if gone.all() else frames[~gone]
