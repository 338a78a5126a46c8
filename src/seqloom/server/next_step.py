"""What a worker answers where the model writes what comes next (generator.py): strokes, or text.

generate  samples, as `seqloom generate --out FILE.jsonl` writes them; with `window` phi(t, u) too
explain   one of them, for the page: a drawing, with the window over the text that it writes where it
          writes one, or a text that goes on from its beginning

The source of an explanation is the text to be drawn, or the text to go on from; of drawings without a
text it means nothing. The same seed gives the same answer. Settings of a search are passed over.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from seqloom.config.next_step_data import StrokeData
from seqloom.server.bodies import RefusedError
from seqloom.server.job import Item, Kind, Told

if TYPE_CHECKING:
    from seqloom.generation.results import Sample
    from seqloom.generator import Generator  # brings torch, which exported models do without

LONGEST = 2_000
"""Points or tokens of one sample at most; recipes that say more are served with this."""
MOST = 10_000
"""Points or tokens of all samples together."""
_UNKNOWN_SHOWN = 5
_OF_OUTPUTS = ("prefix", "prefix_tokens", "constraints", "method")


def describe(name: str, model: "Generator") -> Told:
    """For /v1/models. Where no text is read, `source` is empty."""
    recipe, codec = model.recipe, model.run.setting.codec
    tokens = codec.settings.model_dump(mode="json") if codec else {}
    usual = recipe.generation.model_dump(mode="json", exclude=set() if model.draws else {"bias"})
    return {
        "name": name,
        "kind": "strokes" if model.draws else "text",
        "recipe": recipe.name,
        "description": recipe.description,
        "source": {**tokens, "features": []} if tokens else {},
        "target": {} if model.draws else tokens,
        "search": {},
        "generation": {**usual, "max_length": min(recipe.generation.max_length, LONGEST)},
        "attention": model.reads_text,
        "max_source": _most_text(model),
    }


def answer(
    model: "Generator", kind: Kind, settings: dict[str, Any], items: Sequence[Item]
) -> list[Told]:
    """Raises RefusedError."""
    match kind:
        case "generate":
            return [_generate(model, settings, item) for item in items]
        case "explain":
            return [_explain(model, settings, item) for item in items]
        case "predict" | "score" | "stream":
            what = "strokes" if model.draws else "text"
            raise RefusedError(
                f"This model writes {what} and answers no source. Ask it at /v1/generate."
            )


def _generate(model: "Generator", settings: dict[str, Any], item: Item) -> Told:
    samples = _samples(model, settings, item["source"], item["prime"])
    if not settings["window"]:
        return {"results": [sample.record() for sample in samples]}
    if not model.reads_text:
        raise RefusedError("This model has no window over a text to show. Leave window out.")
    return {"results": [{**each.record(), "window": _window(each)} for each in samples]}


def _explain(model: "Generator", settings: dict[str, Any], item: Item) -> Told:
    if item["features"] or any(settings.get(name) for name in _OF_OUTPUTS):
        raise RefusedError(
            "This model takes seed, bias, temperature and max_length, and nothing of what is for "
            "outputs of a source. Leave the rest out."
        )
    source = item["source"]
    if not model.draws:
        [sample] = _samples(model, settings, "", source)
        codec = model.run.setting.codec
        unknown = list(codec.unknown(source)) if codec else []
        return {"kind": "text", "result": {**sample.record(), "unknown": unknown}}
    [sample] = _samples(model, settings, source if model.reads_text else "", "")
    return {"kind": "strokes", "result": _drawing(model, sample)}


def _drawing(model: "Generator", sample: "Sample") -> Told:
    codec = model.run.setting.codec
    return {
        "text": sample.text if codec else None,
        "letters": codec.units(sample.text) if codec else None,
        "points": sample.record()["strokes"],
        "window": _window(sample) if codec else None,
        "ended": sample.ended,
    }


def _window(sample: "Sample") -> list[list[float]]:
    """phi, a row for each point. Where drawings begin at (0, 0), that point has the row of the next."""
    assert sample.phi is not None
    assert sample.offsets is not None
    begun = len(sample.offsets) - len(sample.phi)
    phi = np.concatenate([sample.phi[:begun], sample.phi])
    return np.round(phi.astype(np.float64), 4).tolist()


def _samples(model: "Generator", settings: dict[str, Any], text: str, prime: str) -> "list[Sample]":
    samples = settings.get("samples", 1)
    longest = settings.get("max_length", min(model.recipe.generation.max_length, LONGEST))
    if longest > LONGEST or samples * longest > MOST:
        raise RefusedError(
            f"max_length may be {LONGEST:,} at most, and samples times max_length {MOST:,}, but they "
            f"are {longest:,} and {samples * longest:,}. Ask for less at once."
        )
    _check(model, settings, text, prime)
    found = model.generate(
        samples,
        text=text,
        prime=prime or None,
        bias=settings.get("bias"),
        temperature=settings.get("temperature"),
        max_length=longest,
        seed=settings.get("seed", 1),
    )
    if any(each.offsets is not None and not np.isfinite(each.offsets).all() for each in found):
        raise RefusedError("The pen left all bounds. Lower the temperature, or raise the bias.")
    return found


def _check(model: "Generator", settings: dict[str, Any], text: str, prime: str) -> None:
    """What the model itself would refuse, in words that quote nothing."""
    if not model.draws:
        if text:
            raise RefusedError(
                "This model writes text, not strokes. Give what to go on from as prime."
            )
        if settings.get("bias"):
            raise RefusedError("bias is for strokes. Of text, set a temperature below 1.")
        return
    if prime:
        raise RefusedError("This model goes on from no text. Leave prime out.")
    if model.reads_text:
        _check_text(model, text)
    elif text:
        raise RefusedError("This model draws freely, not from a text. Leave the text out.")


def _check_text(model: "Generator", text: str) -> None:
    codec, most = model.run.setting.codec, _most_text(model)
    assert codec is not None
    assert most is not None
    if not text.strip():
        raise RefusedError("This model draws a text, but there is none. Give one.")
    units = codec.units(text)
    if len(units) > most:
        raise RefusedError(
            f"This model draws texts of {most:,} characters at most, not {len(units):,}. Ask in "
            "parts.",
            "too_long",
        )
    unknown = set(codec.unknown(text))
    places = [str(place) for place, unit in enumerate(units, 1) if unit in unknown]
    if places:
        shown = ", ".join(places[:_UNKNOWN_SHOWN]) + ", ..." * (len(places) > _UNKNOWN_SHOWN)
        raise RefusedError(
            f"The text has characters that training never had, at {shown}. Leave them out.",
            "unknown",
        )


def _most_text(model: "Generator") -> int | None:
    """Characters that can be drawn: as many as one drawing had in training. None where a text of any
    length is read."""
    if not model.draws:
        return None
    data = model.recipe.data
    return data.max_text if isinstance(data, StrokeData) and model.reads_text else 0
