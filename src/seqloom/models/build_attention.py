"""From settings to an attention. The type checker says what is missing when a variant is added."""

from typing import Literal, assert_never

from seqloom.config import attention as settings_of
from seqloom.nn.attention import scores
from seqloom.nn.attention.attention import Attention
from seqloom.nn.attention.content import Content
from seqloom.nn.attention.coverage import Coverage
from seqloom.nn.attention.local import LocalM, LocalP
from seqloom.nn.attention.location import Location
from seqloom.nn.attention.location_aware import LocationAware
from seqloom.nn.attention.multihead import MultiHead


def build_attention(settings: settings_of.Attention, query: int, source: int) -> Attention:
    match settings:
        case settings_of.Dot():
            return Content(scores.Dot(settings.scaled))
        case settings_of.General():
            return Content(scores.General(query, source))
        case settings_of.Concat():
            return Content(scores.Concat(query, source, settings.hidden or query))
        case settings_of.Additive():
            return Content(scores.Additive(query, source, settings.hidden or query))
        case settings_of.Coverage():
            return Coverage(query, source, settings.hidden or query)
        case settings_of.LocationAware():
            size = settings.hidden or query
            return LocationAware(query, source, size, settings.filters, settings.window)
        case settings_of.Location():
            assert settings.max_source is not None  # refused when the recipe is read
            return Content(Location(query, settings.max_source))
        case settings_of.LocalM():
            return LocalM(_compared(settings.score, query, source), settings.window)
        case settings_of.LocalP():
            return LocalP(_compared(settings.score, query, source), settings.window, query)
        case settings_of.MultiHead():
            return MultiHead(query, source, settings.hidden or query, settings.heads)
        case _:
            assert_never(settings)


def _compared(score: Literal["dot", "general", "concat"], query: int, source: int) -> scores.Score:
    """How a window's positions are."""
    match score:
        case "dot":
            return scores.Dot()
        case "general":
            return scores.General(query, source)
        case "concat":
            return scores.Concat(query, source, query)
        case _:
            assert_never(score)
