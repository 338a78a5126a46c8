"""What a worker answers, by the family of the model: pairs.py, documents.py, next_step.py.

Jobs of one batch agree in model, kind and settings. Where the batch as a whole cannot be answered,
each job is asked alone, so that only the ones at fault fail.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Union, cast

from seqloom.errors import SourceTooLong, UserError
from seqloom.model import Model
from seqloom.server import documents, next_step, pairs
from seqloom.server.bodies import RefusedError, described, encoded, problem
from seqloom.server.job import Item, Kind, Reply, Show, Told

if TYPE_CHECKING:
    from seqloom.classifier import Classifier  # these bring torch, which exported models do without
    from seqloom.generator import Generator

Served = Union[Model, "Classifier", "Generator"]

_log = logging.getLogger(__name__)


def answer(
    model: Served, kind: Kind, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Reply]:
    """One reply for each item.

    settings  changes to the recipe's search; `prefix`, `prefix_tokens`, `constraints`; and those of an
              explanation (requests.Explain) or of what is generated (requests.Generate)
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


def _told(
    model: Served, kind: Kind, settings: dict[str, Any], items: Sequence[Item], show: Show
) -> list[Told]:
    if isinstance(model, Model):
        return pairs.answer(model, kind, settings, items, show)
    if model.recipe.family == "documents":
        return documents.answer(cast("Classifier", model), kind, settings, items)
    return next_step.answer(cast("Generator", model), kind, settings, items)


def _failed(error: Exception) -> Reply:
    if isinstance(error, RefusedError):
        return Reply(422, problem(error.code, str(error)))
    if isinstance(error.__cause__, SourceTooLong):
        return Reply(422, problem("too_long", str(error.__cause__)))
    if isinstance(error, UserError | MemoryError):
        message = (
            "The model cannot answer this source with these settings. Shorten it or ask for less."
        )
        return Reply(422, problem("refused", message))
    _log.error("%s while answering.", described(error))
    return Reply(500, problem("internal", "The service failed at this request; it was noted."))
