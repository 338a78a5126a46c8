"""A search that looks where attention was asks for a model that has some, when the recipe is read."""

import pytest

from seqloom.config import Recipe, override
from seqloom.config.search import Search
from seqloom.errors import UserError

ASKING = {
    "search.replace_unknown=copy": "none",
    "search.coverage_penalty=0.2": "0",
}


@pytest.mark.parametrize("kind", ["sutskever", "cho"])
@pytest.mark.parametrize("asked", ASKING)
def test_a_decoder_without_attention_is_refused_in_one_line(kind: str, asked: str) -> None:
    with pytest.raises(UserError) as error:
        override(Recipe(), [f"decoder.kind={kind}", asked])
    assert str(error.value) == (
        f"{asked} asks for attention, but decoder.kind={kind} has none. "
        f"Set it to {ASKING[asked]}, or decoder.kind=bahdanau or luong."
    )


@pytest.mark.parametrize("kind", ["bahdanau", "luong", "gnmt", "transformer"])
def test_a_decoder_with_attention_can_be_asked(kind: str) -> None:
    encoder = "transformer" if kind == "transformer" else "recurrent"
    changes = [f"decoder.kind={kind}", f"encoder.kind={encoder}", "search.coverage_penalty=0.2"]
    assert override(Recipe(), changes).search.coverage_penalty == 0.2


@pytest.mark.parametrize("name", ["length_penalty", "coverage_penalty"])
def test_a_penalty_given_for_samples_is_refused_and_one_of_the_recipe_is_not(name: str) -> None:
    search = Search(sample=True, length_penalty=1.0, coverage_penalty=0.5)
    assert search.conflict() == ""
    assert search.unused(["sample"]) == ""
    assert search.unused(["sample", name]) == (
        f"search.{name} ranks what a beam finds, but with search.sample=true outputs are drawn and "
        "not ranked. Leave it out, or set search.sample=false."
    )


def test_a_penalty_of_nothing_and_one_for_a_beam_are_of_use() -> None:
    assert Search(sample=True).unused(["sample", "length_penalty"]) == ""
    assert Search(beam=3, length_penalty=1.0).unused(["length_penalty"]) == ""
