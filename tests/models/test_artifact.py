"""A run folder that is not as it must be is named as such, with the way out."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

from seqloom.config import Luong, Recipe, RecurrentEncoder
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.models.artifact import load_run, load_setting, save_setting
from seqloom.models.build import build
from seqloom.models.folder import FORMAT, WEIGHTS, save_weights
from seqloom.text.pair import PairCodec

RECIPE = Recipe(
    encoder=RecurrentEncoder(hidden=3, embedding=5), decoder=Luong(hidden=2, embedding=7)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole run folder."""
    path = tmp_path / "run"
    codec = PairCodec.train(RECIPE, lambda: [Example("ab", "cd", ("x",))])
    save_setting(path, RECIPE, codec)
    model = build(RECIPE, codec.source.size, codec.target.size)
    save_weights(path / WEIGHTS, dict(model.named_parameters()))
    return path


def complaint(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_run(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_whole_folder_loads(folder):
    run = load_run(folder)
    assert run.recipe == RECIPE
    assert run.codec.source.decode(run.codec.source.encode("ba")) == "ba"


def test_the_setting_loads_before_there_are_weights(folder):
    (folder / WEIGHTS).unlink()
    recipe, codec = load_setting(folder)
    assert recipe == RECIPE
    assert codec.target.encode("dc") == [5, 4, 3]


def test_a_folder_that_is_not_there(tmp_path):
    assert complaint(tmp_path / "no") == (
        f"{tmp_path / 'no'}: no such run folder. "
        f"Train one with: seqloom train RECIPE --out {tmp_path / 'no'}"
    )


def test_a_folder_of_something_else(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    assert complaint(tmp_path) == (
        f"{tmp_path}: not a seqloom run folder: it has no run.json. "
        "Give the folder that `seqloom train` wrote."
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "new"}', '{"format": null}'])
def test_a_description_that_says_nothing(folder, text):
    (folder / "run.json").write_text(text)
    assert complaint(folder).startswith(
        f"{folder / 'run.json'}: cannot be read as a run's description ("
    )


def test_a_folder_of_a_newer_version(folder):
    (folder / "run.json").write_text(json.dumps({"format": FORMAT + 1, "seqloom": "9.9"}))
    assert complaint(folder) == (
        f"{folder}: written in format {FORMAT + 1} by seqloom 9.9, but this version reads up to "
        f"format {FORMAT}. Upgrade: pip install -U seqloom"
    )


def test_a_folder_says_who_wrote_it(folder):
    about = json.loads((folder / "run.json").read_text())
    assert about == {"format": FORMAT, "seqloom": version("seqloom"), "kind": "encoder_decoder"}


def test_weights_that_are_not_there_yet(folder):
    (folder / WEIGHTS).unlink()
    assert complaint(folder) == (
        f"{folder / WEIGHTS}: there are no weights yet: training has not reached its first "
        f"validation. Go on with: seqloom train --resume --out {folder}"
    )


@pytest.mark.parametrize("kept", [0, 5, 100, -1])
def test_weights_cut_short(folder, kept):
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[:kept])
    message = complaint(folder)
    assert message.startswith(f"{folder / WEIGHTS}: not a whole safetensors file (")
    assert message.endswith("Restore it from a copy, or train again.")


def wrong_weights(folder: Path, first: str) -> None:
    assert complaint(folder) == (
        f"{folder / WEIGHTS}: these weights do not belong to {folder / 'config.yaml'} "
        f"(first difference: {first}). Restore the file that was trained with it."
    )


def test_weights_of_another_shape(folder):
    weights = dict(load_run(folder).model.named_parameters())
    save_weights(folder / WEIGHTS, weights | {"decoder.W_c.weight": torch.zeros(3, 3)})
    wrong_weights(folder, "decoder.W_c.weight")


def test_weights_of_which_one_is_missing(folder):
    weights = dict(load_run(folder).model.named_parameters())
    del weights["encoder.embedding.weight"]
    save_weights(folder / WEIGHTS, weights)
    wrong_weights(folder, "encoder.embedding.weight")


def test_weights_of_which_one_is_too_many(folder):
    weights = dict(load_run(folder).model.named_parameters())
    save_weights(folder / WEIGHTS, weights | {"more": torch.zeros(1)})
    wrong_weights(folder, "more")


def test_a_recipe_that_is_gone(folder):
    (folder / "config.yaml").unlink()
    assert str(folder / "config.yaml") in complaint(folder)


def test_a_tokenizer_that_is_gone(folder):
    (folder / "tokenizer" / "target.json").unlink()
    assert complaint(folder) == (
        f"{folder / 'tokenizer' / 'target.json'}: not found. "
        "A run folder needs its tokenizer files; copy it whole."
    )
