"""Frames: teacher forcing on the training pairs; on the dev pairs their loss, and where the recipe asks
for it how far off the model is when it writes on its own.

The unit of the loss is a target frame, all of its features together, as they stand standardised.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from seqloom.config.frames import Attending, FrameModel, FramesRecipe
from seqloom.data.frames.batch import FrameBatch
from seqloom.data.frames.batching import FrameBatches, FrameSet
from seqloom.data.frames.setting import Setting
from seqloom.data.made import Report
from seqloom.models import frames as models
from seqloom.models.folder import save_recipe
from seqloom.models.frames_run import build_converter
from seqloom.training.frames.errors import squared_and_absolute
from seqloom.training.frames.prepare import prepare
from seqloom.training.pairs.sampling import own_probability
from seqloom.training.task import Facts, Sums, Task, Validation, named_items


class FramesTask(Task[models.FrameModel, FrameBatch]):
    """A converter and its pairs."""

    def __init__(
        self,
        recipe: FramesRecipe,
        setting: Setting,
        model: models.FrameModel,
        train: FrameSet,
        dev: FrameSet,
        notes: Sequence[str] = (),
    ) -> None:
        self.recipe = recipe
        self.setting = setting
        self.model = model
        self.train = batches_of(recipe, train)
        self.batches = self.train
        self.dev = batches_of(recipe, dev)
        self.notes = notes

    @property
    def facts(self) -> Facts:
        sizes = {
            "source_features": self.setting.source.width,
            "target_features": self.setting.target.width,
        }
        return Facts(
            self.recipe.data.kind,
            "frame",
            len(self.train.set),
            len(self.dev.set),
            sizes,
            _about(self.recipe.model, sizes),
        )

    def count(self, batch: FrameBatch) -> int:
        return int(batch.target_lengths.sum())

    def loss(self, batch: FrameBatch, update: int) -> Sums:
        sampling = self.recipe.training.scheduled_sampling
        own = 0.0 if sampling is None else own_probability(sampling, update)
        given, target = models.given_of(batch, self.model), models.target_of(batch, self.model)
        loss = self.model.loss(given, target, own)
        fitted = loss.frames + loss.ends
        return Sums(fitted, fitted.detach() + _widened(batch))

    def named(self, batch: FrameBatch) -> str:
        return named_items(f"training {self.recipe.data.kind}", batch.indices.tolist())

    def score(self, model: models.FrameModel) -> Validation:
        name = self.recipe.training.metric
        loss = dev_loss(model, self.dev)
        if name == "loss":
            return Validation(loss, None, loss)
        squared, absolute = squared_and_absolute(model, self.dev)
        metric = squared if name == "mse" else absolute
        return Validation(loss, metric, metric)

    def save_setting(self, folder: Path) -> None:
        save_recipe(folder, self.recipe)
        self.setting.save(folder)


def frames_task(
    recipe: FramesRecipe,
    folder: Path,
    device: torch.device,
    going_on: bool,
    report: Report | None = None,
) -> FramesTask:
    """Read the data and build the model; a run that goes on keeps its scaling."""
    data = prepare(recipe, folder, Setting.load(folder) if going_on else None, report)
    model = build_converter(recipe, data.setting).to(device)
    return FramesTask(recipe, data.setting, model, data.train, data.dev, data.notes)


def batches_of(recipe: FramesRecipe, pairs: FrameSet) -> FrameBatches:
    settings = recipe.training
    return FrameBatches(
        set=pairs,
        max_pairs=settings.batch_size,
        max_frames=settings.batch_tokens,
        seed=recipe.seed,
    )


@torch.inference_mode()
def dev_loss(model: models.FrameModel, batches: FrameBatches) -> float:
    """-log p per target frame over the whole set, in nats, and of the bits that end targets."""
    model.eval()
    nll, frames = 0.0, 0
    for batch in batches.in_order():
        loss = model.loss(models.given_of(batch, model), models.target_of(batch, model))
        nll += float(loss.frames + loss.ends) + _widened(batch)
        frames += int(batch.target_lengths.sum())
    return nll / max(1, frames)


def _widened(batch: FrameBatch) -> float:
    """What is to be added to -log p where the level has scaled the target: log d of each value."""
    return float((np.log(batch.factor).sum(axis=1) * batch.target_lengths).sum())


def _about(model: FrameModel, sizes: dict[str, int]) -> dict[str, str]:
    ways = ", both directions" if model.bidirectional else ""
    layers = f"{model.layers} x {model.hidden} {model.cell}"
    about = {
        "Source": f"frames of {sizes['source_features']:,} features",
        "Target": f"frames of {sizes['target_features']:,} features, {model.density.kind}",
    }
    if isinstance(model, Attending):
        decoder = f"{model.decoder}, {layers}, {model.attention.kind} attention"
        return about | {"Encoder": layers + ways, "Decoder": decoder}
    return about | {"Layers": f"{layers}{ways}, with skip connections"}
