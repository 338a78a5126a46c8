"""The run folder of a converter: `features.json` stands beside what all families have."""

from dataclasses import dataclass
from pathlib import Path

import torch

from seqloom.config.frame_data import WindowData
from seqloom.config.frames import FramesRecipe
from seqloom.data.frames.setting import Setting
from seqloom.errors import UserError
from seqloom.models.build_frames import Sizes, build_frames
from seqloom.models.folder import fill, load_recipe
from seqloom.models.frames import FrameModel


@dataclass(frozen=True, slots=True)
class FramesRun:
    """A converter with what it needs to read and write frames in the units of the data."""

    recipe: FramesRecipe
    setting: Setting
    model: FrameModel


def build_converter(recipe: FramesRecipe, setting: Setting) -> FrameModel:
    """The model of a recipe, for features like these."""
    data = recipe.data
    windows = isinstance(data, WindowData)
    sizes = Sizes(
        source=setting.source.width,
        target=setting.target.width,
        dates=2 * len(data.known) if isinstance(data, WindowData) else 0,
        horizon=data.horizon if windows else None,
    )
    return build_frames(recipe.model, recipe.training, sizes)


def load_frames_run(folder: Path, device: str | torch.device = "cpu") -> FramesRun:
    """The whole run, its weights on `device`. Raises UserError for anything that is not as it must be."""
    recipe = load_recipe(folder)
    if not isinstance(recipe, FramesRecipe):
        raise UserError(
            f"{folder}: expected a run of the family frames, but its family is {recipe.family}."
        )
    setting = Setting.load(folder)
    model = build_converter(recipe, setting)
    fill(model, folder)
    return FramesRun(recipe, setting, model.to(device).eval())
