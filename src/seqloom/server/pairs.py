"""What a worker answers where the model turns a source into a target (model.py).

predict   outputs, best first; all items as one batch
explain   the outputs of one source, the search behind them, and what else might have stood there
stream    the output of one source as it grows
score     how likely each target is given its source; all items as one batch
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from seqloom.answering import scores_of
from seqloom.attributing import attributed
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.explanation import Explanation
from seqloom.model import Model
from seqloom.predict import Predictor, Result
from seqloom.predict.alignment import pharaoh
from seqloom.predict.trace import trace
from seqloom.search.stepper import Stepper
from seqloom.server.bodies import RefusedError, encoded
from seqloom.server.job import Item, Kind, Show, Told
from seqloom.server.searching import demands_of, search_of
from seqloom.server.unfolding import Unfolding

ELSEWHERE = frozenset({"dictionary", "batch_size"})
"""Settings of the search that no client may change: a file of the server, and its memory."""


def describe(name: str, model: Model) -> Told:
    """For /v1/models."""
    recipe = model.recipe
    return {
        "name": name,
        "kind": "pairs",
        "recipe": recipe.name,
        "description": recipe.description,
        "source": {
            **recipe.source.model_dump(mode="json"),
            "features": list(model.codec.source.vocabulary.features),
        },
        "target": recipe.target.model_dump(mode="json"),
        "search": recipe.search.model_dump(mode="json", exclude=set(ELSEWHERE)),
        "attention": hasattr(recipe.decoder, "attention"),
        "max_source": recipe.data.max_source,
    }


def answer(
    model: Model, kind: Kind, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Told]:
    """Raises RefusedError."""
    if kind == "generate":
        raise RefusedError("This model answers a source. Ask it at /v1/predict.")
    if settings.get("bias") is not None:
        raise RefusedError("bias is for strokes, but this model writes text. Leave it out.")
    return _ANSWERS[kind](model, settings, items, show)


@cache
def _stepper(model: Model) -> Stepper[Any]:
    """Asked for once: a worker's weights never change, which a run would make sure of each time."""
    return model.answering.stepper()


def _predict(
    model: Model, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Told]:
    predictor = Predictor(model.codec, _stepper(model), search_of(model, settings))
    examples = list(map(_example, items))
    results = list(predictor.predict(examples, **demands_of(model, settings)))
    return [shown(item, result) for item, result in zip(items, results, strict=True)]


def shown(item: Item, result: Result) -> Told:
    """What the item asks to see of its result."""
    told: Told = result.to_dict(attention=item["attention"])
    if not item.get("alignments"):
        return told
    for each, output in zip(told["outputs"], result.outputs, strict=True):
        if output.tokens and output.attention is None:
            raise RefusedError(
                "alignments come from attention weights, but this model has none. Leave them out."
            )
        features = len(item["features"])
        each["alignment"] = pharaoh(result.source_tokens, output, features) if output.tokens else ""
    return told


def _explain(
    model: Model, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Told]:
    [item] = items
    example = _example(item)
    traced = trace(
        model.codec,
        _stepper(model),
        search_of(model, settings),
        example,
        alternatives=settings["alternatives"],
        **demands_of(model, settings),
    )
    told = traced.to_dict()
    if settings["method"] is not None:
        told["explanation"] = _attributed(model, example, traced.result, settings)
    return [told]


def _attributed(
    model: Model, example: Example, result: Result, settings: dict[str, Any]
) -> dict[str, Any]:
    method, erasing, orders = settings["method"], settings["erasing"], settings["orders"]
    try:
        found = attributed(
            model.answering,
            lambda: [run.model for run in model.runs],
            example,
            result,
            method,
            erasing,
            orders,
        )
    except UserError:
        raise RefusedError(
            f"The method {method} cannot be had of this model: gradients ask for a run with torch. "
            "Ask for attention or occlusion."
        ) from None
    return Explanation(result, found, model.codec, settings["level"]).to_dict()


def _stream(
    model: Model, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Told]:
    [item] = items
    example = _example(item)
    open = model.codec.read(example.source, example.features).open

    def told(ids: Sequence[int]) -> None:
        text, tokens = model.codec.target.decode(ids, open), model.codec.target.tokens(ids, open)
        show(encoded({"text": text, "tokens": tokens}))

    stepper = Unfolding(_stepper(model), told)
    predictor = Predictor(model.codec, stepper, search_of(model, settings))
    [result] = predictor.predict([example], **demands_of(model, settings))
    return [result.to_dict(attention=item["attention"])]


def _score(model: Model, settings: dict[str, Any], items: Sequence[Item], show: Show) -> list[Told]:
    scores = scores_of(model.answering, [(_example(item), item["target"]) for item in items])
    return [
        {
            "log_prob": round(score.log_prob, 6),
            "tokens": score.tokens,
            "token_log_probs": [round(value, 6) for value in score.token_log_probs],
        }
        for score in scores
    ]


_ANSWERS: dict[Kind, Callable[[Model, dict[str, Any], Sequence[Item], Show], list[Told]]] = {
    "predict": _predict,
    "explain": _explain,
    "stream": _stream,
    "score": _score,
}


def _example(item: Item) -> Example:
    return Example(item["source"], features=tuple(item["features"]))
