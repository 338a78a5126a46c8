"""A run folder: everything a model is, as files that nobody has to run code to read. The same for every
family of recipes, but for what stands in `tokenizer/` and its like.

    run.json             what this folder is: the format's version, the family, who wrote it
    config.yaml          the recipe
    tokenizer/           vocabularies and tokenizers
    weights.safetensors  the weights to use
    README.md            the model card
    metrics.jsonl, curve.png, checkpoints/   the account of its training

`weights.safetensors` is written last, so a folder that has one is complete. Each file replaces the
one before it in one step: a crash leaves the older model whole.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from seqloom.atomic import replacing
from seqloom.config import AnyRecipe, read_recipe, write_recipe
from seqloom.errors import UserError

FORMAT = 1
WEIGHTS = "weights.safetensors"
KINDS = {"pairs": "encoder_decoder"}
"""What run.json calls a family, where that is not its name."""


def save_recipe(folder: Path, recipe: AnyRecipe) -> None:
    """What the folder is, and its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = KINDS.get(recipe.family, recipe.family)
    about = {"format": FORMAT, "seqloom": version("seqloom"), "kind": kind}
    with replacing(folder / "run.json") as part:
        part.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    with replacing(folder / "config.yaml") as part:
        write_recipe(recipe, part)


def load_recipe(folder: Path) -> AnyRecipe:
    """The recipe of a run. Raises UserError if this is no run folder of ours."""
    if not folder.is_dir():
        raise UserError(
            f"{folder}: no such run folder. Train one with: seqloom train RECIPE --out {folder}"
        )
    _check_format(folder)
    return read_recipe(folder / "config.yaml")


def save_weights(path: Path, weights: dict[str, Tensor]) -> None:
    """Named tensors into one file."""
    save_tensors(path, weights)


def save_tensors(
    path: Path, tensors: dict[str, Tensor], header: dict[str, str] | None = None
) -> None:
    """Named tensors, and text about them, into one safetensors file."""
    whole = {name: tensor.contiguous() for name, tensor in tensors.items()}
    with replacing(path) as part:
        # Not `save_file`: a crash would leave its temporary file, and only its owner may read it.
        part.write_bytes(save(whole, header))


def load_weights(path: Path) -> dict[str, Tensor]:
    """Tensors of a safetensors file. Raises UserError if it is missing, cut short or something else."""
    if not path.exists():
        raise UserError(
            f"{path}: there are no weights yet: training has not reached its first validation. "
            f"Go on with: seqloom train --resume --out {path.parent}"
        )
    try:
        return load_file(path)
    except SafetensorError as error:
        raise UserError(
            f"{path}: not a whole safetensors file ({error}). Restore it from a copy, or train again."
        ) from error


def fill(model: nn.Module, folder: Path) -> None:
    """Put the weights of a run into a model that was built from its recipe. Raises UserError if they
    are not those of such a model."""
    weights = load_weights(folder / WEIGHTS)
    expected = dict(model.named_parameters())
    wrong = sorted(
        (expected.keys() ^ weights.keys())
        | {
            name
            for name, w in weights.items()
            if name in expected and w.shape != expected[name].shape
        }
    )
    if wrong:
        raise UserError(
            f"{folder / WEIGHTS}: these weights do not belong to {folder / 'config.yaml'} "
            f"(first difference: {wrong[0]}). Restore the file that was trained with it."
        )
    with torch.no_grad():
        for name, weight in expected.items():
            weight.copy_(weights[name])


def _check_format(folder: Path) -> None:
    path = folder / "run.json"
    try:
        about: dict[str, Any] = json.loads(path.read_bytes())
        found = int(about["format"])
    except FileNotFoundError:
        raise UserError(
            f"{folder}: not a seqloom run folder: it has no run.json. Give the folder that "
            "`seqloom train` wrote."
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as a run's description ({error}).") from error
    if found > FORMAT:
        raise UserError(
            f"{folder}: written in format {found} by seqloom {about.get('seqloom', '?')}, but this "
            f"version reads up to format {FORMAT}. Upgrade: pip install -U seqloom"
        )
