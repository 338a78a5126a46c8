"""The run folder of a next-step predictor, beside what all runs have (models/folder.py):

tokenizer/text.json  of text, or of the texts that strokes write
strokes.json         how points are standardised, and where drawings begin
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqloom.atomic import replacing
from seqloom.config.next_step import NextStepRecipe
from seqloom.config.next_step_data import StrokeData
from seqloom.data.next_step.strokes import Paper, StrokeBatch
from seqloom.errors import UserError
from seqloom.models.build_next_step import build_next_point, build_next_token
from seqloom.models.folder import fill, load_recipe, save_recipe
from seqloom.models.next_step import NextPoint, NextToken, Strokes
from seqloom.models.tensors import device_of, to_tensor
from seqloom.text.codec import Codec

_NAME = "text"


@dataclass(frozen=True, slots=True)
class Setting:
    """All of a run but its weights. Strokes have a paper; text, and strokes of a text, a codec."""

    recipe: NextStepRecipe
    codec: Codec | None
    paper: Paper | None

    def save(self, folder: Path) -> None:
        save_recipe(folder, self.recipe)
        if self.codec is not None:
            (folder / "tokenizer").mkdir(exist_ok=True)
            self.codec.save(folder / "tokenizer", _NAME)
        if self.paper is not None:
            with replacing(folder / "strokes.json") as part:
                part.write_text(json.dumps(self.paper.record(), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Setting":
        """Raises UserError if this is no whole run of a next-step predictor."""
        recipe = load_recipe(folder)
        if not isinstance(recipe, NextStepRecipe):
            raise UserError(
                f"{folder}: a run of the family {recipe.family}, but this asks for a next-step "
                "predictor. Give another run."
            )
        strokes = isinstance(recipe.data, StrokeData)
        written = not isinstance(recipe.data, StrokeData) or recipe.data.condition == "text"
        codec = Codec.load(folder / "tokenizer", _NAME) if written else None
        return cls(recipe, codec, _paper(folder) if strokes else None)


@dataclass(frozen=True, slots=True)
class NextStepRun:
    """A predictor with all it needs to read and write; `model` is a NextToken of text, a NextPoint of
    strokes."""

    setting: Setting
    model: NextToken | NextPoint

    @property
    def recipe(self) -> NextStepRecipe:
        return self.setting.recipe


def build_model(setting: Setting) -> NextToken | NextPoint:
    size = setting.codec.size if setting.codec else 0
    if setting.paper is None:
        return build_next_token(setting.recipe, size)
    return build_next_point(setting.recipe, size)


def load_next_step(folder: Path, device: str | torch.device = "cpu") -> NextStepRun:
    """The whole run, its weights on `device`. Raises UserError for anything that is not as it must be."""
    setting = Setting.load(folder)
    model = build_model(setting)
    fill(model, folder)
    return NextStepRun(setting, model.to(device).eval())


def strokes_of(batch: StrokeBatch, model: nn.Module) -> Strokes:
    """A batch as the model takes it."""
    device, kind = device_of(model), next(model.parameters()).dtype

    def ids(values: NDArray[np.int64] | None) -> Tensor | None:
        return None if values is None else to_tensor(values, device)

    return Strokes(
        torch.from_numpy(batch.first).to(device, kind),
        torch.from_numpy(batch.points).to(device, kind),
        to_tensor(batch.lengths, device),
        ids(batch.text),
        ids(batch.text_lengths),
    )


def _paper(folder: Path) -> Paper:
    path = folder / "strokes.json"
    try:
        record: Any = json.loads(path.read_bytes())
        return Paper.of_record(record if isinstance(record, dict) else {})
    except FileNotFoundError:
        raise UserError(f"{path}: not found. Copy the run folder again, whole.") from None
    except ValueError as error:
        raise UserError(f"{path}: cannot be read ({error}). Restore it from a copy.") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
