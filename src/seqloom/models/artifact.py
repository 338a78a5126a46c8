"""The run of an encoder-decoder: its recipe, its vocabularies and its weights, ready to answer.

What else is in its folder stands in models/folder.py.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from seqloom.config import Recipe, of_pairs
from seqloom.data.batching import Batch
from seqloom.data.series.reader import Reader
from seqloom.kernel import KernelStepper
from seqloom.models.build import build
from seqloom.models.compiled import Compiled
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.folder import fill, load_recipe, save_recipe
from seqloom.models.stepper import ModelStepper
from seqloom.models.tensors import pairs_of
from seqloom.search.stepper import Reals
from seqloom.text.pair import FOLDER, PairCodec


@dataclass(frozen=True, slots=True)
class Run:
    """A model with what it needs to read and write text."""

    recipe: Recipe
    codec: PairCodec
    model: EncoderDecoder
    _compiled: Compiled = field(default_factory=Compiled, init=False, repr=False, compare=False)

    def stepper(self) -> ModelStepper | KernelStepper:
        """The model as search sees it: in the compiled kernel where that can be, else in torch."""
        return self._compiled.stepper(self.recipe, self.model) or ModelStepper(self.model)

    @torch.inference_mode()
    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T]; 0 on padding."""
        return self.model.score(pairs_of(batch, self.model)).float().cpu().numpy()


def save_setting(folder: Path, recipe: Recipe, codec: PairCodec) -> None:
    """Everything but the weights."""
    save_recipe(folder, recipe)
    codec.save(folder)


def load_setting(folder: Path) -> tuple[Recipe, PairCodec]:
    """Recipe and vocabularies of a run. Raises UserError if this is no run folder of ours."""
    recipe = of_pairs(load_recipe(folder), str(folder))
    codec = PairCodec.load(folder, recipe.copying)
    if recipe.series is not None:
        codec = replace(codec, series=Reader.load(folder / FOLDER, recipe))
    return recipe, codec


def load_run(folder: Path, device: str | torch.device = "cpu") -> Run:
    """The whole run, its weights on `device`. Raises UserError for anything that is not as it must be."""
    recipe, codec = load_setting(folder)
    model = build(recipe, codec.source_size, codec.target.size)
    fill(model, folder)
    return Run(recipe, codec, model.to(device).eval())
