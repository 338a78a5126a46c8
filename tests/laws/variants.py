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
from tests.laws.transformers import TRANSFORMERS

from seqloom.config import Attention, Data, Recipe, RecurrentEncoder, Training
from seqloom.config.network import CellKind, RecurrentDecoder
from seqloom.config.section import Section
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.nn.readouts.pointer import Copies
from seqloom.symbols import EOS

SOURCE_VOCABULARY, TARGET_VOCABULARY = 11, 13
ENCODER, DECODER, SOURCE_EMBEDDING, TARGET_EMBEDDING = 3, 5, 7, 2
"""Features of a layer, and of the embeddings."""

COMMON = set(RecurrentEncoder.model_fields) | {"kind", "tied", "attention"}
"""Settings that every decoder has, and attention; the others are what tells decoders apart."""

SMALL = {"hidden": 4, "heads": 2, "window": 1, "max_source": 20}
"""Sizes of an attention, for sources of up to 7 tokens."""


def members(union: Any) -> tuple[type[Section], ...]:
    """The classes in an Annotated union."""
    return get_args(get_args(union)[0])


def choices(annotation: Any) -> list[Any]:
    """The values to try for a setting; none for sizes, which are covered by their defaults."""
    if annotation is bool:
        return [False, True]
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return []


def own_options(member: type[Section]) -> dict[str, list[Any]]:
    """The settings that only this decoder, or few, have, with the values to try; or those of an
    attention."""
    found = {
        name: choices(field.annotation)
        for name, field in member.model_fields.items()
        if name not in COMMON
    }
    return {name: values for name, values in found.items() if values}


def combinations(member: type[Section]) -> list[dict[str, Any]]:
    """Each combination of its own options."""
    options = own_options(member)
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


def attentions() -> list[Any]:
    """Each attention with each combination of its own options, and small sizes."""
    return [
        attention(**{name: SMALL[name] for name in SMALL if name in attention.model_fields}, **own)
        for attention in members(Attention)
        for own in combinations(attention)
    ]


def shapes(attentive: bool) -> list[tuple[type[Section], dict[str, Any]]]:
    """Each decoder with or without attention, with each combination of its own options."""
    return [
        (decoder, own)
        for decoder in get_args(RecurrentDecoder)
        if ("attention" in decoder.model_fields) is attentive
        for own in combinations(decoder)
    ]


FACTORS: Mapping[str, list[Any]] = {
    "shape": shapes(attentive=True),
    "attention": attentions(),
    "cell": list(get_args(CellKind)),
    "encoder_cell": list(get_args(CellKind)),
    "bidirectional": [False, True, "first"],
    "reverse": [False, True],
    "fit": [
        {"layers": 1, "below": 1, "alike": False},
        {"layers": 1, "below": 3, "alike": False},
        {"layers": 3, "below": 1, "alike": False},
        {"layers": 2, "below": 2, "alike": True},
    ],
    "residual": [False, True],
    "tied": ["untied", "tied across sizes", "tied"],
    "source_tied": [False, True],
    "variational": [False, True],
    "cells": [
        {"layer_norm": norm, "zoneout": p} for norm, p in product([False, True], [0.0, 0.25])
    ],
    "learned_start": [False, True],
    "init": list(get_args(Training.model_fields["init"].annotation)),
}
WITHOUT: Mapping[str, list[Any]] = {
    **FACTORS,
    "shape": shapes(attentive=False),
    "attention": [None],
}
"""The same for the decoders that have no attention to choose."""


def recipe_of(row: Mapping[str, Any]) -> Recipe:
    """The settings of one row of FACTORS. Where encoder and decoder are alike, the states of one
    can start the other; so they are in one net, which has the same embedding sizes too."""
    (decoder, own), fit, attention = row["shape"], row["fit"], row["attention"]
    one_net = own.get("one_net", False)
    alike = fit["alike"] or one_net
    layers = max(fit["layers"], decoder.model_fields["layers"].default)
    both_ways = row["bidirectional"] if not alike else False
    encoder = RecurrentEncoder(
        cell=row["cell"] if alike else row["encoder_cell"],
        layers=layers if one_net else fit["below"],
        residual=(3 if both_ways == "first" else 2) if row["residual"] else None,
        hidden=ENCODER,
        embedding=SOURCE_EMBEDDING,
        dropout=0.25,
        variational=row["variational"],
        bidirectional=both_ways,
        reverse=row["reverse"],
        learned_start=row["learned_start"],
        **row["cells"],
    )
    equal = alike or "dot" in (getattr(attention, name, "") for name in ("kind", "score"))
    hidden = encoder.features if equal else DECODER
    embedding = hidden if row["tied"] == "tied" else TARGET_EMBEDDING
    if one_net or row["source_tied"]:
        same = {"embedding": embedding, "tied": row["source_tied"]}
        encoder = encoder.model_copy(update=same)
    settings: dict[str, Any] = {
        "cell": row["cell"],
        "layers": layers,
        "residual": 2 if row["residual"] else None,
        "hidden": hidden,
        "embedding": embedding,
        "tied": row["tied"] != "untied",
        "dropout": 0.25,
        "variational": row["variational"],
        **row["cells"],
        **own,
        **({} if attention is None else {"attention": attention}),
    }
    if "maxout" in decoder.model_fields and row["tied"] == "tied":
        settings["maxout"] = hidden
    return Recipe(
        data=Data(max_source=SMALL["max_source"]),
        shared_vocabulary=row["source_tied"],
        encoder=encoder,
        decoder=decoder(**settings),  # type: ignore[arg-type]
        training=Training(init=row["init"], init_scale=0.5),
    )


def name_of(recipe: Recipe) -> str:
    """All that was chosen: 'luong-dot-input_feeding-lstm2x6-of-bidirectional-gru1-tied2-xavier'."""
    encoder, decoder = recipe.encoder, recipe.decoder
    parts = [
        decoder.kind,
        *named(attention_of(recipe)),
        *(name for name in own_options(type(decoder)) if getattr(decoder, name) is True),
        f"{decoder.cell}{decoder.layers}x{decoder.hidden}",
        "of",
        *(["first"] if encoder.bidirectional == "first" else []),
        *(way for way in ("bidirectional", "reverse") if getattr(encoder, way)),
        f"{encoder.cell}{encoder.layers}",
        *(["residual"] if decoder.residual else []),
        *([f"source_tied{encoder.embedding}"] if encoder.tied else []),
        *([f"tied{decoder.embedding}"] if decoder.tied else []),
        *(["variational"] if decoder.variational else []),
        *(["layer_norm"] if decoder.layer_norm else []),
        *(["zoneout"] if decoder.zoneout else []),
        *(["learned_start"] if encoder.learned_start else []),
        recipe.training.init,
    ]
    return "-".join(parts)


def attention_of(recipe: Recipe) -> Any:
    """Its settings; None where there are none."""
    return getattr(recipe.decoder, "attention", None)


def named(attention: Any) -> list[str]:
    """Its kind and its own options: ['local-p', 'concat'] or ['dot', 'scaled']."""
    if attention is None:
        return []
    own = {name: getattr(attention, name) for name in own_options(type(attention))}
    return [
        attention.kind,
        *(name if value is True else value for name, value in own.items() if value),
    ]


def unique(recipes: Iterable[Recipe]) -> dict[str, Recipe]:
    """By name, each once."""
    return {name_of(recipe): recipe for recipe in recipes}


RECURRENT = unique(recipe_of(row) for row in [*covering(FACTORS), *covering(WITHOUT)])
VARIANTS = {**RECURRENT, **TRANSFORMERS}
INATTENTIVE = {
    name: r for name, r in RECURRENT.items() if "attention" not in type(r.decoder).model_fields
}
ATTENTIVE = {name: r for name, r in VARIANTS.items() if name not in INATTENTIVE}


def built(recipe: Recipe, target_vocabulary: int = TARGET_VOCABULARY) -> EncoderDecoder:
    """A model for ids below these sizes; a shared vocabulary has the target's."""
    shared = recipe.shared_vocabulary
    model = build(recipe, target_vocabulary if shared else SOURCE_VOCABULARY, target_vocabulary)
    if model.pointer is not None:
        model.pointer.plain, model.pointer.copies = _unchanged, _copied_by_id
    return model


def _unchanged(source: torch.Tensor) -> torch.Tensor:
    return source


def _copied_by_id(source: torch.Tensor) -> Copies:
    """Plain ids say nothing of copies: let each third token be none, and the others 4 and 5."""
    kind = torch.where(source > EOS, source % 3, 0)
    return Copies(torch.where(kind > 0, kind + 3, -1), source.new_zeros(len(source), 0).bool())


@cache
def model_of(recipe: Recipe, target_vocabulary: int = TARGET_VOCABULARY) -> EncoderDecoder:
    """A model as it would answer, in float64, so that what should be equal is so to 1e-12. Made
    once for all tests: they may not change its weights."""
    torch.manual_seed(7)
    return built(recipe, target_vocabulary).double().eval()
