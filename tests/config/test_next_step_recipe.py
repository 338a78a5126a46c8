"""Impossible combinations are refused on reading, in one line with the way out."""

import pytest

from seqloom.config import NextStepRecipe, read_recipe
from seqloom.errors import UserError

RECIPES = ("graves2013-text", "graves2013-handwriting", "graves2013-synthesis")


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_of_the_family(name):
    assert isinstance(read_recipe(name), NextStepRecipe)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("text", "model.readout.kind=mixture", "Set model.readout.kind=softmax."),
        ("text", "model.window.gaussians=3", "Set model.window=null"),
        ("text", "generation.bias=1", "generation.temperature"),
        ("text", "training.metric=nats_per_drawing", "is for strokes"),
        ("text", "data.dev_share=0", "above 0"),
        ("text", "training.label_smoothing=0.1", "training.label_smoothing=0"),
        ("handwriting", "model.readout.kind=softmax", "Set model.readout.kind=mixture."),
        ("handwriting", "model.tied=true", "model.tied"),
        ("handwriting", "model.window.gaussians=3", "data.condition is none"),
        ("handwriting", "model.ending=window", "Set model.ending=end."),
        ("handwriting", "training.metric=perplexity", "is for text"),
        ("synthesis", "model.window=null", "model.window is null"),
        ("synthesis", "data.train=[a.jsonl]", "data.embedded"),
    ],
)
def test_what_cannot_be_is_refused(name, change, message):
    with pytest.raises(UserError) as error:
        read_recipe(f"graves2013-{name}", [change])
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_old_settings_of_training_keep_their_place():
    recipe = read_recipe("graves2013-text", ["training.batch_size=3"])
    assert recipe.training.batch_size == 3
    assert recipe.training.label_smoothing == 0
