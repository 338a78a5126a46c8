import pytest
from pydantic import ValidationError

from seqloom.config.documents import BagOfWords, DocumentRecipe, Flat, Hierarchical


def said(settings: dict[str, object]) -> str:
    with pytest.raises(ValidationError) as caught:
        DocumentRecipe.model_validate(settings)
    return str(caught.value.errors()[0].get("ctx", {}).get("error", caught.value))


@pytest.mark.parametrize(
    ("kind", "section"),
    [("hierarchical", Hierarchical), ("flat", Flat), ("bag_of_words", BagOfWords)],
)
def test_the_kind_of_a_model_chooses_its_settings(kind: str, section: type) -> None:
    assert isinstance(DocumentRecipe.model_validate({"model": {"kind": kind}}).model, section)


def test_only_the_hierarchical_model_pools_otherwise_than_by_attention() -> None:
    assert "pooling" in said({"model": {"kind": "flat", "pooling": "max"}})


def test_a_language_is_a_code() -> None:
    given = {"sentences": {"kind": "language", "language": "Korean"}}
    assert "such as en or ko, but is 'Korean'" in said(given)


def test_an_encoding_must_be_known() -> None:
    assert "data.encoding must be an encoding" in said({"data": {"encoding": "latin-one"}})


def test_a_folder_tree_has_no_several_labels() -> None:
    assert "cannot stand beside" in said({"data": {"multi_label": True, "format": "folders"}})


def test_weights_are_positive_and_by_name() -> None:
    model = DocumentRecipe.model_validate({"model": {"kind": "flat", "class_weights": {"pos": 2}}})
    assert model.model.class_weights == {"pos": 2.0}
    assert said({"model": {"kind": "flat", "class_weights": {"pos": 0}}})


@pytest.mark.parametrize("weight", [-5, 0, "much", True, float("nan")])
def test_a_weight_that_is_none_is_named_with_the_rule(weight: object) -> None:
    assert said({"model": {"kind": "flat", "class_weights": {"x": weight}}}) == (
        f"model.class_weights must be a number above 0 for each label, but is {weight!r} for 'x'."
    )


def test_weights_of_labels_that_are_numbers_may_be_written_as_numbers() -> None:
    given = {"model": {"kind": "flat", "class_weights": {1: 5}}}
    assert DocumentRecipe.model_validate(given).model.class_weights == {"1": 5.0}
