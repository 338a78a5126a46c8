"""The search of one request: the recipe's, with what the client changes, and what outputs must have."""

from typing import Any

from pydantic import ValidationError

from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.model import Model
from seqloom.predict.prefix import Prefix
from seqloom.server.bodies import RefusedError
from seqloom.symbols import UNK


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
    if conflict := search.conflict() or search.unused(changes):
        raise RefusedError(conflict)
    return search


def search_of(model: Model, settings: dict[str, Any]) -> Search:
    """Raises RefusedError for settings that do not go together."""
    changes = {name: value for name, value in settings.items() if name in Search.model_fields}
    return chosen_search(model.recipe.search, changes)


def demands_of(model: Model, settings: dict[str, Any]) -> dict[str, Any]:
    """What every output must begin with and contain. Raises RefusedError for what no output can."""
    target = model.codec.target
    tokens, phrases = settings.get("prefix_tokens"), settings.get("constraints", [])
    try:
        prefix = Prefix(target, settings.get("prefix", ""), tokens)
        if not model.codec.copying:  # which may write what only its source has
            prefix.ids()
    except UserError:
        raise RefusedError(
            "A prefix must be of tokens that the model writes, prefix_tokens as an answer shows them, "
            "with nothing after <eos>; and one cannot stand beside the other."
        ) from None
    for number, phrase in enumerate(phrases, 1):
        ids = target.encode(phrase)[:-1]
        if not ids or (UNK in ids and not model.codec.copying):
            raise RefusedError(
                f"constraints must be phrases of tokens that the model writes, but number {number} "
                f"{'is empty' if not ids else 'has an unknown one'}. Leave it out."
            )
    return {"prefix": settings.get("prefix", ""), "prefix_tokens": tokens, "constraints": phrases}
