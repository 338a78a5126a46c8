"""From settings to an attention. The type checker says what is missing when a variant is added."""

from typing import assert_never

from seqloom.config import attention as settings_of
from seqloom.nn.attention import scores
from seqloom.nn.attention.attention import Attention
from seqloom.nn.attention.content import Content


def build_attention(settings: settings_of.Attention, query: int, source: int) -> Attention:
    match settings:
        case settings_of.Dot():
            score = scores.Dot()
        case settings_of.General():
            score = scores.General(query, source)
        case settings_of.Concat():
            score = scores.Concat(query, source, settings.hidden or query)
        case settings_of.Additive():
            score = scores.Additive(query, source, settings.hidden or query)
        case _:
            assert_never(settings)
    return Content(score)
