"""What a worker answers: predictions, explanations and scores as JSON.

Jobs of one batch agree in model, kind and settings. Where the batch as a whole cannot be answered,
each job is asked alone, so that only the ones at fault fail.

No message holds text that a client sent, or a path: what our own errors say is passed on only where
it is known to have neither.
"""

import json
import logging
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Union

from pydantic import ValidationError

from seqloom.answering import scores_of
from seqloom.attributing import attributed
from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import SourceTooLong, UserError
from seqloom.explanation import Explanation
from seqloom.model import Model
from seqloom.predict import Predictor, Result
from seqloom.predict.alignment import pharaoh
from seqloom.predict.prefix import Prefix
from seqloom.predict.trace import trace
from seqloom.server import documents
from seqloom.server.job import Kind, Reply
from seqloom.server.unfolding import Unfolding
from seqloom.symbols import UNK

if TYPE_CHECKING:
    from seqloom.classifier import Classifier  # brings torch, which exported models do without

Served = Union[Model, "Classifier"]
Show = Callable[[bytes], None]
Item = dict[str, Any]

_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """What a client asked for cannot be done; the message is for it."""


def answer(
    model: Served, kind: Kind, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Reply]:
    """One reply for each item.

    settings  changes to the recipe's search; `prefix`, `prefix_tokens`, `constraints`; and those of an
              explanation (requests.Explain)
    show      is told what there is of a streamed answer
    """
    try:
        told = _told(model, kind, settings, items, show)
        return [Reply(200, encoded(each)) for each in told]
    except Exception as error:
        if len(items) > 1:
            return [
                reply for item in items for reply in answer(model, kind, settings, [item], show)
            ]
        return [_failed(error)]


def encoded(content: object) -> bytes:
    """As JSON. Lone surrogates, which UTF-8 cannot hold, are replaced."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def problem(code: str, message: str) -> bytes:
    """The body of every answer that is an error."""
    return encoded({"error": {"code": code, "message": message}})


def described(error: Exception) -> str:
    """What an unknown error is and where it arose; its message may quote what was asked."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"


def chosen_search(defaults: Search, changes: dict[str, Any]) -> Search:
    """The recipe's search with a client's changes; the beam is wide enough for an n-best list.

    Raises RefusedError for settings that do not go together.
    """
    settings = {**defaults.model_dump(), **changes}
    if "beam" not in changes and not settings["sample"]:
        settings["beam"] = max(settings["beam"], changes.get("nbest", 1))
    try:
        search = Search.model_validate(settings)
    except ValidationError as error:
        names = ", ".join(str(each["loc"][0]) for each in error.errors())
        raise RefusedError(f"These settings are not possible: {names}.") from error
    if conflict := search.conflict():
        raise RefusedError(conflict)
    return search


def _predict(
    model: Model, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[dict[str, Any]]:
    predictor = Predictor(model.codec, model.answering.stepper(), _search(model, settings))
    examples = list(map(_example, items))
    results = list(predictor.predict(examples, **_demands(model, settings)))
    return [_shown(item, result) for item, result in zip(items, results, strict=True)]


def _shown(item: Item, result: Result) -> dict[str, Any]:
    """What the item asks to see of its result."""
    told: dict[str, Any] = result.to_dict(attention=item["attention"])
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
) -> list[dict[str, Any]]:
    [item] = items
    example = _example(item)
    traced = trace(
        model.codec,
        model.answering.stepper(),
        _search(model, settings),
        example,
        alternatives=settings["alternatives"],
        **_demands(model, settings),
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
) -> list[dict[str, Any]]:
    [item] = items
    example = _example(item)
    open = model.codec.read(example.source, example.features).open

    def told(ids: Sequence[int]) -> None:
        text, tokens = model.codec.target.decode(ids, open), model.codec.target.tokens(ids, open)
        show(encoded({"text": text, "tokens": tokens}))

    stepper = Unfolding(model.answering.stepper(), told)
    predictor = Predictor(model.codec, stepper, _search(model, settings))
    [result] = predictor.predict([example], **_demands(model, settings))
    return [result.to_dict(attention=item["attention"])]


def _score(
    model: Model, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[dict[str, Any]]:
    scores = scores_of(model.answering, [(_example(item), item["target"]) for item in items])
    return [
        {
            "log_prob": round(score.log_prob, 6),
            "tokens": score.tokens,
            "token_log_probs": [round(value, 6) for value in score.token_log_probs],
        }
        for score in scores
    ]


_ANSWERS: dict[
    Kind, Callable[[Model, dict[str, Any], Sequence[Item], Show], list[dict[str, Any]]]
] = {"predict": _predict, "explain": _explain, "stream": _stream, "score": _score}


def _told(
    model: Served, kind: Kind, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[dict[str, Any]]:
    if isinstance(model, Model):
        return _ANSWERS[kind](model, settings, items, show)
    if kind not in documents.ANSWERS:
        raise RefusedError("This model gives labels to documents. Ask it to predict or to explain.")
    if any(item.get("alignments") for item in items):
        raise RefusedError(
            "alignments are of outputs, but this model gives labels. Leave them out."
        )
    return documents.ANSWERS[kind](model, items)


def _example(item: Item) -> Example:
    return Example(item["source"], features=tuple(item["features"]))


def _search(model: Model, settings: dict[str, Any]) -> Search:
    changes = {name: value for name, value in settings.items() if name in Search.model_fields}
    return chosen_search(model.recipe.search, changes)


def _demands(model: Model, settings: dict[str, Any]) -> dict[str, Any]:
    """What every output must begin with and contain. Raises RefusedError for what no output can."""
    target = model.codec.target
    tokens, phrases = settings.get("prefix_tokens"), settings.get("constraints", [])
    try:
        Prefix(target, settings.get("prefix", ""), tokens)
        if tokens is not None and not model.codec.copying:
            Prefix(target, "", tokens).ids()
    except UserError:
        raise RefusedError(
            "prefix_tokens must be tokens that the model writes, as an answer shows them, with "
            "nothing after <eos>; and they cannot stand beside a prefix."
        ) from None
    for number, phrase in enumerate(phrases, 1):
        ids = target.encode(phrase)[:-1]
        if not ids or (UNK in ids and not model.codec.copying):
            raise RefusedError(
                f"constraints must be phrases of tokens that the model writes, but number {number} "
                f"{'is empty' if not ids else 'has an unknown one'}. Leave it out."
            )
    return {"prefix": settings.get("prefix", ""), "prefix_tokens": tokens, "constraints": phrases}


def _failed(error: Exception) -> Reply:
    if isinstance(error, RefusedError):
        return Reply(422, problem("refused", str(error)))
    if isinstance(error.__cause__, SourceTooLong):
        return Reply(422, problem("too_long", str(error.__cause__)))
    if isinstance(error, UserError | MemoryError):
        message = (
            "The model cannot answer this source with these settings. Shorten it or ask for less."
        )
        return Reply(422, problem("refused", message))
    _log.error("%s while answering.", described(error))
    return Reply(500, problem("internal", "The service failed at this request; it was noted."))
