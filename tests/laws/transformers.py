"""The Transformer's variants: as it is, over a recurrent encoder too, as few models as will do."""

from collections.abc import Mapping
from typing import Any, get_args

from tests.laws.covering import covering

from seqloom.config import (
    Recipe,
    RecurrentEncoder,
    Training,
    TransformerDecoder,
    TransformerEncoder,
)

FACTORS: Mapping[str, list[Any]] = {
    "encoder": [
        TransformerEncoder(layers=2, hidden=6, heads=3, feedforward=11, dropout=0.25),
        TransformerEncoder(layers=1, hidden=10, heads=2, feedforward=7, dropout=0.25),
        RecurrentEncoder(hidden=3, embedding=7, dropout=0.25),
        RecurrentEncoder(hidden=5, embedding=7, dropout=0.25, cell="gru"),
    ],
    "layers": [1, 2],
    "heads": [1, 5],
    "norm_first": [False, True],
    "tied": [False, True],
    "source_tied": [False, True],
    "copying": [False, True],
    "init": list(get_args(Training.model_fields["init"].annotation)),
}
"""The decoder has 10 features, as two of the encoders give to a position; from the others a map leads
there."""


def recipe_of(row: Mapping[str, Any]) -> Recipe:
    """The settings of one row of FACTORS."""
    encoder = row["encoder"]
    source_tied = row["source_tied"] and encoder.embedding == 10
    if isinstance(encoder, TransformerEncoder):
        same = {"norm_first": row["norm_first"], "tied": source_tied}
        encoder = encoder.model_copy(update=same)
    decoder = TransformerDecoder(
        layers=row["layers"],
        hidden=10,
        heads=row["heads"],
        feedforward=13,
        dropout=0.25,
        norm_first=row["norm_first"],
        tied=row["tied"],
        copying=row["copying"],
    )
    training = Training(init=row["init"], init_scale=0.5)
    return Recipe(
        shared_vocabulary=source_tied, encoder=encoder, decoder=decoder, training=training
    )


def name_of(recipe: Recipe) -> str:
    """All that was chosen: 'transformer2x10-heads5-norm_first-of-recurrent6-tied-xavier'."""
    encoder, decoder = recipe.encoder, recipe.decoder
    assert isinstance(decoder, TransformerDecoder)
    parts = [
        f"transformer{decoder.layers}x{decoder.hidden}",
        f"heads{decoder.heads}",
        *(["norm_first"] if decoder.norm_first else []),
        *(["copying"] if decoder.copying else []),
        f"of-{encoder.kind}{encoder.features}",
        *(["source_tied"] if encoder.tied else []),
        *(["tied"] if decoder.tied else []),
        recipe.training.init,
    ]
    return "-".join(parts)


TRANSFORMERS = {name_of(recipe): recipe for recipe in map(recipe_of, covering(FACTORS))}
