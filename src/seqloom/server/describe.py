"""What /v1/models says of a model."""

from typing import TYPE_CHECKING, cast

from seqloom.model import Model
from seqloom.server import documents, next_step, pairs
from seqloom.server.answers import Served
from seqloom.server.job import Told

if TYPE_CHECKING:
    from seqloom.classifier import Classifier
    from seqloom.generator import Generator


def describe(name: str, model: Served) -> Told:
    """For JSON."""
    if isinstance(model, Model):
        return pairs.describe(name, model)
    if model.recipe.family == "documents":
        return documents.describe(name, cast("Classifier", model))
    return next_step.describe(name, cast("Generator", model))
