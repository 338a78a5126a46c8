"""Every variant that the settings allow, as few models as will do.

What there is to choose from is read off the unions in config/network.py: a decoder, an attention, a
cell or an option that is added there is under the laws from then on. Any two choices meet in some
model. Sizes differ wherever they may, so that no two dimensions can be mistaken for each other.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product
from typing import Any, Literal, get_args, get_origin

import torch
from tests.laws.covering import covering

from seqloom.config import Attention, Decoder, Encoder, Recipe, Training
from seqloom.config.network import CellKind
from seqloom.config.section import Section
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder

SOURCE_VOCABULARY, TARGET_VOCABULARY = 11, 13
ENCODER, DECODER, SOURCE_EMBEDDING, TARGET_EMBEDDING = 3, 5, 7, 2
"""Features of a layer, and of the embeddings."""

COMMON = set(Encoder.model_fields) | {"kind", "tied"}
"""Settings that every decoder has; the others are what tells decoders apart."""


def members(union: Any) -> tuple[type[Section], ...]:
    """The classes in an Annotated union."""
    return get_args(get_args(union)[0])


def choices(annotation: Any) -> list[Any]:
    """The values to try for a setting; none for sizes, which are covered by their defaults."""
    if annotation is bool:
        return [False, True]
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if set(get_args(annotation)) == set(get_args(get_args(Attention)[0])):
        return [attention() for attention in members(Attention)]
    return []


def own_options(decoder: type[Section]) -> dict[str, list[Any]]:
    """The settings that only this decoder, or few, have, with the values to try."""
    found = {
        name: choices(field.annotation)
        for name, field in decoder.model_fields.items()
        if name not in COMMON
    }
    return {name: values for name, values in found.items() if values}


def shapes() -> list[tuple[type[Section], dict[str, Any]]]:
    """Each decoder with each combination of its own options."""
    return [
        (decoder, dict(zip(own_options(decoder), values, strict=True)))
        for decoder in members(Decoder)
        for values in product(*own_options(decoder).values())
    ]


FACTORS: Mapping[str, list[Any]] = {
    "shape": shapes(),
    "cell": list(get_args(CellKind)),
    "encoder_cell": list(get_args(CellKind)),
    "reading": [
        {"bidirectional": both, "reverse": back} for both, back in product([False, True], repeat=2)
    ],
    "fit": [
        {"layers": 1, "below": 1, "alike": False},
        {"layers": 1, "below": 2, "alike": False},
        {"layers": 2, "below": 1, "alike": False},
        {"layers": 2, "below": 2, "alike": True},
    ],
    "tied": ["untied", "tied across sizes", "tied"],
    "variational": [False, True],
    "init": list(get_args(Training.model_fields["init"].annotation)),
}


def recipe_of(row: Mapping[str, Any]) -> Recipe:
    """The settings of one row of FACTORS. Where encoder and decoder are alike, the states of one
    can start the other."""
    (decoder, own), fit = row["shape"], row["fit"]
    encoder = Encoder(
        cell=row["cell"] if fit["alike"] else row["encoder_cell"],
        layers=fit["below"],
        hidden=ENCODER,
        embedding=SOURCE_EMBEDDING,
        dropout=0.25,
        variational=row["variational"],
        bidirectional=row["reading"]["bidirectional"] and not fit["alike"],
        reverse=row["reading"]["reverse"],
    )
    memory = ENCODER * (1 + encoder.bidirectional)
    equal = fit["alike"] or getattr(own.get("attention"), "kind", "") == "dot"
    hidden = memory if equal else DECODER
    settings: dict[str, Any] = {
        "cell": row["cell"],
        "layers": fit["layers"],
        "hidden": hidden,
        "embedding": hidden if row["tied"] == "tied" else TARGET_EMBEDDING,
        "tied": row["tied"] != "untied",
        "dropout": 0.25,
        "variational": row["variational"],
        **own,
    }
    if "maxout" in decoder.model_fields and row["tied"] == "tied":
        settings["maxout"] = hidden
    return Recipe(
        encoder=encoder,
        decoder=decoder(**settings),  # type: ignore[arg-type]
        training=Training(init=row["init"], init_scale=0.5),
    )


def name_of(recipe: Recipe) -> str:
    """All that was chosen: 'luong-dot-input_feeding-lstm2x6-of-bidirectional-gru1-tied2-xavier'."""
    encoder, decoder = recipe.encoder, recipe.decoder
    own = [getattr(decoder, name) for name in own_options(type(decoder))]
    parts = [
        decoder.kind,
        *(value.kind for value in own if isinstance(value, Section)),  # type: ignore[attr-defined]
        *(name for name in own_options(type(decoder)) if getattr(decoder, name) is True),
        f"{decoder.cell}{decoder.layers}x{decoder.hidden}",
        "of",
        *(way for way in ("bidirectional", "reverse") if getattr(encoder, way)),
        f"{encoder.cell}{encoder.layers}",
        *([f"tied{decoder.embedding}"] if decoder.tied else []),
        *(["variational"] if decoder.variational else []),
        recipe.training.init,
    ]
    return "-".join(parts)


def unique(recipes: Iterable[Recipe]) -> dict[str, Recipe]:
    """By name, each once."""
    return {name_of(recipe): recipe for recipe in recipes}


VARIANTS = unique(recipe_of(row) for row in covering(FACTORS))
ATTENTIVE = {name: r for name, r in VARIANTS.items() if "attention" in type(r.decoder).model_fields}
INATTENTIVE = {name: r for name, r in VARIANTS.items() if name not in ATTENTIVE}


@cache
def model_of(recipe: Recipe, target_vocabulary: int = TARGET_VOCABULARY) -> EncoderDecoder:
    """A model as it would answer, in float64, so that what should be equal is so to 1e-12. Made
    once for all tests: they may not change its weights."""
    torch.manual_seed(7)
    return build(recipe, SOURCE_VOCABULARY, target_vocabulary).double().eval()
