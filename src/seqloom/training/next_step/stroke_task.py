"""Strokes: the next point is predicted from all before it, and from a text where there is one. The unit
of the loss is a point; nats are of standardised points unless something else is said.
"""

from math import exp
from pathlib import Path

import torch

from seqloom.data.next_step.sequences import SequenceBatches
from seqloom.data.next_step.strokes import StrokeBatch, StrokeSet
from seqloom.models.next_step import NextPoint
from seqloom.models.next_step_run import Setting, strokes_of
from seqloom.training.task import Facts, Sums, Task, Validation, named_items


class StrokeTask(Task[NextPoint, StrokeBatch]):
    """A predictor of points and its drawings."""

    def __init__(
        self,
        setting: Setting,
        train: StrokeSet,
        dev: StrokeSet,
        model: NextPoint,
        notes: list[str],
    ) -> None:
        self.setting = setting
        self.model = model
        self.notes = notes
        self.train, self.dev = train, dev
        self.batches = stroke_batches(train, setting)

    @property
    def facts(self) -> Facts:
        model, paper = self.setting.recipe.model, self.setting.paper
        assert paper is not None
        sizes = {
            "train_points": sum(self.train.lengths),
            "dev_points": sum(self.dev.lengths),
        }
        if self.setting.codec is not None:
            sizes["vocabulary"] = self.setting.codec.size
        window = f", {model.window.gaussians} Gaussians in the window" if model.window else ""
        about = {
            "Points": f"{model.readout.kind}; 1 standardised unit is {exp(paper.nats / 2):.4g} of the "
            "data's (geometric mean of dx and dy)",
            "Layers": f"{model.layers} x {model.hidden} {model.cell}"
            + (", with skip connections" if model.skip else "")
            + window,
        }
        return Facts("drawings", "point", len(self.train), len(self.dev), sizes, about)

    def count(self, batch: StrokeBatch) -> int:
        return int(batch.lengths.sum())

    def loss(self, batch: StrokeBatch, update: int) -> Sums:
        nll = self.model.loss(strokes_of(batch, self.model))
        return Sums(nll, nll.detach())

    def named(self, batch: StrokeBatch) -> str:
        return named_items("training drawings", batch.rows.tolist())

    def score(self, model: NextPoint) -> Validation:
        nll = stroke_nll(model, stroke_batches(self.dev, self.setting))
        points = sum(self.dev.lengths)
        loss = nll / points
        if self.setting.recipe.training.metric == "loss":
            return Validation(loss, None, loss)
        assert self.setting.paper is not None
        return Validation(loss, (nll + points * self.setting.paper.nats) / len(self.dev), loss)

    def save_setting(self, folder: Path) -> None:
        self.setting.save(folder)


def stroke_batches(drawings: StrokeSet, setting: Setting) -> SequenceBatches[StrokeBatch]:
    training = setting.recipe.training
    return SequenceBatches(
        drawings.lengths,
        drawings.collate,
        training.batch_size,
        training.batch_tokens,
        setting.recipe.seed,
    )


@torch.inference_mode()
def stroke_nll(model: NextPoint, batches: SequenceBatches[StrokeBatch]) -> float:
    """-log p of a whole set, in nats of standardised points."""
    model.eval()
    return sum(float(model.loss(strokes_of(batch, model))) for batch in batches.in_order())
