"""What an encoder and a decoder must have in common is said when the recipe is read, with the remedy."""

import pytest

from seqloom.config import Recipe, override
from seqloom.errors import UserError

ONE_NET = ("decoder.kind=sutskever", "decoder.one_net=true")
FORWARD = "encoder.bidirectional=false"


def message_of(*overrides: str) -> str:
    with pytest.raises(UserError) as error:
        override(Recipe(), overrides)
    return str(error.value)


def test_gnmt_has_a_layer_above_the_one_that_asks() -> None:
    assert message_of("decoder.kind=gnmt", "decoder.layers=1") == (
        "decoder.kind=gnmt needs a layer that asks and a layer above it, but decoder.layers is 1. "
        "Set decoder.layers=2 or more, or decoder.kind=bahdanau."
    )


def test_what_gnmt_asks_by_dot_has_the_size_of_what_answers() -> None:
    assert message_of("decoder.kind=gnmt", "decoder.attention.kind=dot") == (
        "decoder.attention: dot asks for states of equal size, but the decoder has 256 features "
        "and the encoder 512. Set decoder.hidden=512 or decoder.attention.kind=general."
    )


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_nothing_of_its_size_enters_the_first_layer(side: str) -> None:
    assert message_of(f"{side}.residual=1") == f"{side}.residual must be at least 2, but is 1."


def test_two_directions_are_not_added_to_one() -> None:
    given = ("encoder.bidirectional=first", "encoder.layers=2", "encoder.residual=2")
    assert message_of(*given) == (
        "encoder.residual=2 adds 512 features, both directions of the first layer, to the 256 of "
        "the second. Set encoder.residual=3 or encoder.bidirectional=true."
    )


@pytest.mark.parametrize("given", ["true", "first"])
def test_one_net_reads_in_one_direction(given: str) -> None:
    assert message_of(*ONE_NET, f"encoder.bidirectional={given}") == (
        f"decoder.one_net reads and writes in one direction, but encoder.bidirectional is {given}. "
        "Set encoder.bidirectional=false or decoder.one_net=false."
    )


@pytest.mark.parametrize(
    ("name", "ours", "theirs"),
    [
        ("cell", "lstm", "gru"),
        ("hidden", "256", "7"),
        ("layers", "1", "3"),
        ("embedding", "128", "7"),
        ("residual", "null", "2"),
        ("layer_norm", "false", "true"),
        ("zoneout", "0.0", "0.5"),
    ],
)
def test_one_net_has_the_same_settings_on_both_sides(name: str, ours: str, theirs: str) -> None:
    assert message_of(*ONE_NET, FORWARD, f"decoder.{name}={theirs}") == (
        f"decoder.one_net asks for equal settings of both sides, but encoder.{name} is {ours} and "
        f"decoder.{name} {theirs}. Set decoder.{name}={ours} or decoder.one_net=false."
    )


def test_one_net_may_drop_more_on_one_side_than_on_the_other() -> None:
    recipe = override(Recipe(), [*ONE_NET, FORWARD, "decoder.dropout=0.5", "encoder.dropout=0.25"])
    assert (recipe.encoder.dropout, recipe.decoder.dropout) == (0.25, 0.5)


def test_a_source_embedding_is_tied_within_one_vocabulary() -> None:
    assert message_of("encoder.tied=true") == (
        "encoder.tied gives both sides one embedding, but their vocabularies differ. "
        "Set shared_vocabulary=true or encoder.tied=false."
    )


def test_a_source_embedding_is_tied_to_one_of_its_size() -> None:
    given = ("encoder.tied=true", "shared_vocabulary=true", "encoder.embedding=7")
    assert message_of(*given) == (
        "encoder.tied asks for embeddings of equal size, but encoder.embedding is 7 and "
        "decoder.embedding 128. Set encoder.embedding=128 or encoder.tied=false."
    )


@pytest.mark.parametrize(
    "given",
    [
        ("encoder.bidirectional=first", "encoder.layers=3", "encoder.residual=3"),
        ("encoder.bidirectional=first", "encoder.residual=2"),
        (*ONE_NET, FORWARD),
        ("encoder.tied=true", "decoder.tied=true", "shared_vocabulary=true"),
        ("decoder.kind=gnmt",),
    ],
)
def test_what_fits_is_accepted(given: tuple[str, ...]) -> None:
    assert override(Recipe(), given)
