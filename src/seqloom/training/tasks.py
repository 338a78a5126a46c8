"""From a recipe to the task that its training is of."""

from pathlib import Path
from typing import assert_never

import torch

from seqloom.config import AnyRecipe, DocumentRecipe, FramesRecipe, NextStepRecipe, Recipe
from seqloom.data.made import Report
from seqloom.training.task import AnyTask


def task_of(
    recipe: AnyRecipe,
    folder: Path,
    device: torch.device,
    going_on: bool,
    report: Report | None = None,
) -> AnyTask:
    """Read the data and build the model. `folder` is that of the run; one that goes on keeps what it
    learnt from its data when it began, such as its vocabularies.

    report  is told how much is made of data that is made at run time
    """
    match recipe:
        case Recipe():
            from seqloom.training.pairs.task import pair_task

            return pair_task(recipe, folder, device, going_on, report)
        case DocumentRecipe():
            from seqloom.training.documents.task import document_task

            return document_task(recipe, folder, device, going_on)
        case NextStepRecipe():
            from seqloom.training.next_step.task import next_step_task

            return next_step_task(recipe, folder, device, going_on, report)
        case FramesRecipe():
            from seqloom.training.frames.task import frames_task

            return frames_task(recipe, folder, device, going_on, report)
        case _:
            assert_never(recipe)
