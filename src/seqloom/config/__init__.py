"""Every setting, typed: what can be set, and how recipes are read, changed and written."""

from seqloom.config.attention import Additive, Attention, Concat, Dot, General
from seqloom.config.data import Data
from seqloom.config.network import Bahdanau, Cho, Decoder, Encoder, Luong, Sutskever
from seqloom.config.packaged import recipe_names
from seqloom.config.read import override, read_recipe, write_recipe
from seqloom.config.recipe import Recipe
from seqloom.config.search import Search
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

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Additive",
    "Attention",
    "Bahdanau",
    "Bytes",
    "Characters",
    "Cho",
    "Concat",
    "Constant",
    "Cosine",
    "Data",
    "Decoder",
    "Dot",
    "Encoder",
    "General",
    "InverseSqrt",
    "Luong",
    "Optimizer",
    "Plateau",
    "Recipe",
    "Sampling",
    "Schedule",
    "Search",
    "Subwords",
    "Sutskever",
    "Tokens",
    "Training",
    "Whitespace",
    "Words",
    "override",
    "read_recipe",
    "recipe_names",
    "write_recipe",
]
