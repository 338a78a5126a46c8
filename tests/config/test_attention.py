"""Attentions that cannot be built are refused when the recipe is read."""

from pathlib import Path

import pytest

from seqloom.config import Recipe, override, read_recipe, write_recipe
from seqloom.errors import UserError


def attention(*settings: str) -> list[str]:
    return [f"decoder.attention.{setting}" for setting in settings]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            attention("kind=location"),
            "decoder.attention: location has weights for every position and so asks for a maximum "
            "length. Set decoder.attention.max_source=1000, which is data.max_source, or lower both.",
        ),
        (
            attention("kind=location", "max_source=50"),
            "decoder.attention.max_source must be at least data.max_source, or longer pairs would "
            "be trained on, but is 50 of 1000. Set data.max_source=50, or "
            "decoder.attention.max_source=1000.",
        ),
        (
            attention("kind=local-p", "score=dot"),
            "decoder.attention: dot asks for states of equal size, but the decoder has 256 features "
            "and the encoder 512. Set decoder.hidden=512 or decoder.attention.score=general.",
        ),
        (
            attention("kind=multihead", "heads=3"),
            "decoder.attention: 3 heads cannot share 256 features equally. Set "
            "decoder.attention.hidden=258, or other decoder.attention.heads.",
        ),
        (
            attention("kind=local-m", "window=0"),
            "decoder.attention.window must be at least 1, but is 0.",
        ),
    ],
)
def test_an_attention_that_does_not_fit_is_told_what_would(given: list[str], message: str) -> None:
    with pytest.raises(UserError) as error:
        override(Recipe(), given)
    assert str(error.value) == message


@pytest.mark.parametrize("decoder", ["bahdanau", "luong", "gnmt"])
def test_every_decoder_that_attends_is_asked(decoder: str) -> None:
    with pytest.raises(UserError, match="3 heads cannot share"):
        override(Recipe(), [f"decoder.kind={decoder}", *attention("kind=multihead", "heads=3")])


@pytest.mark.parametrize(
    "given",
    [
        [*attention("kind=location", "max_source=50"), "data.max_source=50"],
        [*attention("kind=local-p", "score=dot", "window=3"), "decoder.hidden=512"],
        attention("kind=local-m", "score=concat"),
        attention("kind=multihead", "heads=3", "hidden=6"),
        attention("kind=coverage", "hidden=7"),
        [*attention("kind=dot", "scaled=true"), "encoder.bidirectional=false"],
    ],
)
def test_one_that_fits_is_written_and_read(given: list[str], tmp_path: Path) -> None:
    recipe = override(Recipe(), given)
    write_recipe(recipe, tmp_path / "config.yaml")
    assert read_recipe(tmp_path / "config.yaml") == recipe
