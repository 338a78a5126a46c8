"""Every setting, typed: what can be set, and how recipes are read, changed and written. The recipes of
families other than pairs are imported when first asked for (families.py)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seqloom.config.attention import (
    Additive,
    Attention,
    Concat,
    Coverage,
    Dot,
    General,
    LocalM,
    LocalP,
    Location,
    LocationAware,
    MultiHead,
)
from seqloom.config.data import Data
from seqloom.config.families import of_pairs, with_files
from seqloom.config.network import (
    GNMT,
    Bahdanau,
    Cho,
    Decoder,
    Encoder,
    Luong,
    RecurrentEncoder,
    Sutskever,
    TransformerDecoder,
    TransformerEncoder,
)
from seqloom.config.packaged import recipe_names
from seqloom.config.read import override, read_recipe, write_recipe
from seqloom.config.recipe import Recipe
from seqloom.config.search import Search
from seqloom.config.series import FrameSource, Source, StrokeSource
from seqloom.config.tokens import Bytes, Characters, Subwords, Tokens, Whitespace, Words
from seqloom.config.training import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    InverseSqrt,
    Optimizer,
    Plateau,
    Sampling,
    Schedule,
    Training,
)

if TYPE_CHECKING:
    from seqloom.config.documents import DocumentRecipe
    from seqloom.config.families import AnyRecipe
    from seqloom.config.frames import FramesRecipe
    from seqloom.config.next_step import NextStepRecipe

__all__ = [
    "GNMT",
    "SGD",
    "Adam",
    "AdamW",
    "Additive",
    "AnyRecipe",
    "Attention",
    "Bahdanau",
    "Bytes",
    "Characters",
    "Cho",
    "Concat",
    "Constant",
    "Cosine",
    "Coverage",
    "Data",
    "Decoder",
    "DocumentRecipe",
    "Dot",
    "Encoder",
    "FrameSource",
    "FramesRecipe",
    "General",
    "InverseSqrt",
    "LocalM",
    "LocalP",
    "Location",
    "LocationAware",
    "Luong",
    "MultiHead",
    "NextStepRecipe",
    "Optimizer",
    "Plateau",
    "Recipe",
    "RecurrentEncoder",
    "Sampling",
    "Schedule",
    "Search",
    "Source",
    "StrokeSource",
    "Subwords",
    "Sutskever",
    "Tokens",
    "Training",
    "TransformerDecoder",
    "TransformerEncoder",
    "Whitespace",
    "Words",
    "of_pairs",
    "override",
    "read_recipe",
    "recipe_names",
    "with_files",
    "write_recipe",
]

_HOMES = {
    "AnyRecipe": "seqloom.config.families",
    "DocumentRecipe": "seqloom.config.documents",
    "FramesRecipe": "seqloom.config.frames",
    "NextStepRecipe": "seqloom.config.next_step",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
