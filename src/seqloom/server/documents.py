"""What a worker answers where the model classifies documents (classifier.py).

predict   the labels and their probabilities; with `attention` the weighed sentences too
explain   all of that, for the page to draw; with a `method` also what the label owes to words and sentences

Settings of a search mean nothing here and are passed over.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seqloom.errors import UserError
from seqloom.server.bodies import RefusedError
from seqloom.server.job import Item, Kind, Told

if TYPE_CHECKING:
    from seqloom.classifier import Classifier  # brings torch, which exported models do without
    from seqloom.predict.document import DocumentResult

KIND = "documents"


def describe(name: str, model: "Classifier") -> Told:
    """For /v1/models."""
    recipe = model.recipe
    return {
        "name": name,
        "kind": KIND,
        "recipe": recipe.name,
        "description": recipe.description,
        "labels": list(model.labels),
        "multi_label": recipe.data.multi_label,
        "source": {**recipe.tokens.model_dump(mode="json"), "features": []},
        "target": {},
        "search": {},
        "attention": not model.unweighed,
        "max_source": recipe.data.max_words * recipe.data.max_sentences,
    }


def answer(
    model: "Classifier", kind: Kind, settings: dict[str, Any], items: Sequence[Item]
) -> list[Told]:
    """Raises RefusedError."""
    if kind not in _ANSWERS:
        raise RefusedError("This model gives labels to documents. Ask it to predict or to explain.")
    if any(item.get("alignments") for item in items):
        raise RefusedError(
            "alignments are of outputs, but this model gives labels. Leave them out."
        )
    return _ANSWERS[kind](model, settings, items)


def _predict(model: "Classifier", settings: dict[str, Any], items: Sequence[Item]) -> list[Told]:
    told = [{"kind": KIND, **result.to_dict()} for result in _results(model, items)]
    for item, each in zip(items, told, strict=True):
        if not item["attention"]:
            del each["sentences"]
    return told


def _explain(model: "Classifier", settings: dict[str, Any], items: Sequence[Item]) -> list[Told]:
    results = _results(model, items)
    if why := model.unweighed:
        note = why[0].upper() + why[1:]
        results = [replace(result, notes=(*result.notes, note)) for result in results]
    told = [{"kind": KIND, "result": result.to_dict()} for result in results]
    if settings["method"] is not None:
        for item, each in zip(items, told, strict=True):
            each["explanation"] = _attributed(model, item["source"], settings)
    return told


def _attributed(model: "Classifier", source: str, settings: dict[str, Any]) -> Told:
    method, erasing, orders = settings["method"], settings["erasing"], settings["orders"]
    if settings["level"] != "piece":
        raise RefusedError(
            "level is of models that write. A document is explained by words and sentences."
        )
    try:
        return model.explain(source, method, erasing=erasing, orders=orders).to_dict()
    except UserError:
        raise RefusedError(
            f"This model cannot be explained by {method}. Choose another method."
        ) from None


def _results(model: "Classifier", items: Sequence[Item]) -> "list[DocumentResult]":
    return model.predict([item["source"] for item in items])


_ANSWERS: dict[Kind, Callable[["Classifier", dict[str, Any], Sequence[Item]], list[Told]]] = {
    "predict": _predict,
    "explain": _explain,
}
