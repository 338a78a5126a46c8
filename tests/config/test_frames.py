"""Recipes of converters: what goes together is read, what does not is one line that says the way out."""

import pytest

from seqloom.config import FramesRecipe, read_recipe
from seqloom.errors import UserError


def written(tmp_path, text):
    path = tmp_path / "r.yaml"
    path.write_text("family: frames\n" + text)
    return path


@pytest.mark.parametrize("name", ["forecast", "convert-voice"])
def test_the_packaged_recipes_are_converters(name):
    assert isinstance(read_recipe(name), FramesRecipe)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: {kind: one_to_one}", "Set model.kind=attention, or data.kind=pairs"),
        ("model: {ending: bit}", "Set model.ending=horizon"),
        ("data: {kind: pairs}", "Set model.ending=bit"),
        ("model: {attention: {kind: dot}}", "Set model.hidden=256"),
        ("model: {attention: {kind: location, max_source: 5}}", "at least data.lookback"),
        ("model: {decoder: bahdanau, input_feeding: true}", "Set model.input_feeding=false"),
        (
            "model: {fed: nothing}\ntraining: {scheduled_sampling: {}}",
            "Leave one of the two out",
        ),
        (
            "data: {kind: pairs}\nmodel: {kind: one_to_one}\ntraining: {scheduled_sampling: {}}",
            "Leave it out",
        ),
        (
            "data: {kind: pairs}\nmodel: {ending: bit, fed: nothing}",
            "model.fed=nothing",
        ),
        ("training: {label_smoothing: 0.1}", "Set it to 0"),
        ("training: {metric: bleu}", "Choose from"),
        ("model: {density: {kind: bernoulli}}", "Set data.level=none"),
        (
            "data: {kind: pairs}\nmodel: {kind: one_to_one, residual: true, density: {kind: bernoulli}}",
            "Set model.residual=false",
        ),
        ("data: {known: [hour]}", "Set data.time=NAME"),
        ("data: {columns: [a], targets: [b]}", "'b' is not"),
        ("data: {level: window, lookback: 1}", "a longer lookback"),
        ("data: {split: {kind: shares, train: 0.9, dev: 0.2}}", "Lower one of them"),
        ("data: {split: {kind: borders, dev: 9, test: 5}}", "Turn them around"),
        ("data: {time: t, split: {kind: borders, dev: soon, test: later}}", "must be a date"),
        ("data: {split: {kind: borders, dev: 9, test: 2017-01-01}}", "Give both alike"),
        (
            "data: {kind: pairs, embedded: voices, train: [x.npz]}\nmodel: {kind: one_to_one}",
            "null",
        ),
    ],
)
def test_what_does_not_go_together_is_said_in_one_line(tmp_path, text, said):
    with pytest.raises(UserError) as error:
        read_recipe(written(tmp_path, text))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
