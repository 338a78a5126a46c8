"""An exported folder, loaded: what the API asks of a model, answered without torch."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seqloom.config import Recipe, read_recipe
from seqloom.data.batching import Batch
from seqloom.runtime.folder import Description, read_description
from seqloom.runtime.session import OnnxStepper
from seqloom.search.stepper import Reals
from seqloom.symbols import PAD, SOS
from seqloom.text.pair import PairCodec


@dataclass(frozen=True, slots=True)
class OnnxRun:
    """A model with what it needs to read and write text."""

    recipe: Recipe
    codec: PairCodec
    about: Description
    steps: OnnxStepper

    def stepper(self) -> OnnxStepper:
        """The model as search sees it."""
        return self.steps

    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T], each fed the true one before it; 0 on padding."""
        sources = [
            row[:length].tolist()
            for row, length in zip(batch.source, batch.source_lengths, strict=True)
        ]
        state = self.steps.start(sources)
        table = np.zeros(batch.target.shape, dtype=np.float32)
        fed = np.full((len(sources), 1), SOS)
        for t, wanted in enumerate(batch.target.T):
            candidates, state = self.steps.step(state, fed, 1, wanted[:, None])
            assert candidates.wanted is not None
            table[:, t] = np.where(wanted == PAD, 0.0, candidates.wanted[:, 0])
            fed = wanted[:, None]
        return table


def load_export(folder: Path, threads: int | None = None) -> OnnxRun:
    """Raises UserError if the folder is not whole or newer than this version reads."""
    about = read_description(folder)
    recipe = read_recipe(str(folder / "config.yaml"))
    codec = PairCodec.load(folder, recipe.copying)
    return OnnxRun(recipe, codec, about, OnnxStepper(folder, about, threads))
