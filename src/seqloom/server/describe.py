"""What /v1/models says of a model."""

from typing import Any

from seqloom.model import Model
from seqloom.server.answers import Served
from seqloom.server.documents import describe_classifier

ELSEWHERE = frozenset({"dictionary", "batch_size"})
"""Settings of the search that no client may change: a file of the server, and its memory."""


def describe(name: str, model: Served) -> dict[str, Any]:
    """For JSON."""
    if not isinstance(model, Model):
        return describe_classifier(name, model)
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
