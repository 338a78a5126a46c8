"""An exported folder, loaded: what the API asks of a model, answered without torch.

The compiled kernel answers where it was built and knows the model, ONNX Runtime elsewhere.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seqloom.config import Recipe, of_pairs, read_recipe
from seqloom.data.batching import Batch
from seqloom.kernel import (
    KernelStepper,
    available,
    from_arrays,
    read_weights,
    set_threads,
    why_not,
)
from seqloom.runtime.folder import GRAPH_ONLY, WEIGHTS, Description, read_description
from seqloom.runtime.session import OnnxStepper, num_threads
from seqloom.search.forced import forced
from seqloom.search.stepper import Ids, Reals, Stepper
from seqloom.text.pair import PairCodec


@dataclass(frozen=True, slots=True)
class OnnxRun:
    """A model with what it needs to read and write text."""

    recipe: Recipe
    codec: PairCodec
    about: Description
    steps: KernelStepper | OnnxStepper

    def stepper(self) -> KernelStepper | OnnxStepper:
        """The model as search sees it."""
        return self.steps

    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T], each fed the true one before it; 0 on padding."""
        return _table(self.stepper(), batch)


def _table(stepper: Stepper[Any], batch: Batch) -> Reals:
    sources = _rows(batch.source, batch.source_lengths)
    targets = _rows(batch.target, batch.target_lengths)
    table = np.zeros(batch.target.shape, dtype=np.float32)
    for row, given in zip(table, forced(stepper, sources, targets), strict=True):
        row[: len(given.token_log_probs)] = given.token_log_probs
    return table


def _rows(padded: Ids | Reals, lengths: Ids) -> list[list[int]]:
    return [row[:length].tolist() for row, length in zip(padded, lengths, strict=True)]


def load_export(folder: Path, threads: int | None = None) -> OnnxRun:
    """Raises UserError if the folder is not whole or newer than this version reads."""
    about = read_description(folder)
    recipe = of_pairs(read_recipe(folder / "config.yaml"), str(folder))
    codec = PairCodec.load(folder, recipe.copying)
    steps = compiled(folder, about, recipe, threads) or OnnxStepper(folder, about, threads)
    return OnnxRun(recipe, codec, about, steps)


def compiled(
    folder: Path, about: Description, recipe: Recipe, threads: int | None = None
) -> KernelStepper | None:
    """The kernel with the weights of an export. None where the graphs have to answer: it was not built
    or is not wanted, it does not know the model, or its own weights are not there."""
    if WEIGHTS not in about.sizes or not available() or why_not(recipe):
        return None
    found = read_weights(folder / WEIGHTS)
    own = {name: array for name, array in found.items() if not name.startswith(GRAPH_ONLY)}
    if not own:
        return None
    stepper = KernelStepper(recipe, from_arrays(own))
    set_threads(threads or num_threads())
    return stepper
