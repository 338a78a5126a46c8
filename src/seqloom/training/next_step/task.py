"""From the recipe of a next-step predictor to the task that its training is of."""

from pathlib import Path

import torch

from seqloom.config.next_step import NextStepRecipe
from seqloom.config.next_step_data import StrokeData
from seqloom.config.tokens import Characters
from seqloom.data.made import Report
from seqloom.data.next_step.strokes import Paper, StrokeSet
from seqloom.models.build_next_step import build_next_point, build_next_token
from seqloom.models.next_step_run import Setting
from seqloom.text.codec import Codec
from seqloom.training.next_step.drawings import prepare_drawings
from seqloom.training.next_step.stroke_task import StrokeTask
from seqloom.training.next_step.text_task import TextTask
from seqloom.training.next_step.texts import prepare_texts


def next_step_task(
    recipe: NextStepRecipe,
    folder: Path,
    device: torch.device,
    going_on: bool,
    report: Report | None = None,
) -> TextTask | StrokeTask:
    """Read the data and build the model; a run that goes on keeps its vocabulary and its scale."""
    before = Setting.load(folder) if going_on else None
    if isinstance(recipe.data, StrokeData):
        return _stroke_task(recipe, folder, device, before, report)
    texts = prepare_texts(recipe, folder, before and before.codec)
    model = build_next_token(recipe, texts.codec.size).to(device)
    return TextTask(Setting(recipe, texts.codec, None), texts, model)


def _stroke_task(
    recipe: NextStepRecipe,
    folder: Path,
    device: torch.device,
    before: Setting | None,
    report: Report | None,
) -> StrokeTask:
    drawn = prepare_drawings(recipe, folder, report)
    if before is not None:
        setting = Setting(recipe, before.codec, before.paper)
    else:
        codec = None
        if recipe.model.window is not None:
            codec = Codec.train(Characters(), (drawing.text for drawing in drawn.train))
        setting = Setting(recipe, codec, Paper.of(drawn.train))
    assert setting.paper is not None
    sets = [StrokeSet(each, setting.paper, setting.codec) for each in (drawn.train, drawn.dev)]
    model = build_next_point(recipe, setting.codec.size if setting.codec else 0).to(device)
    return StrokeTask(setting, sets[0], sets[1], model, drawn.notes)
