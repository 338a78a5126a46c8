"""Small random models as torch and as the kernel, in every combination that the kernel knows."""

from functools import cache
from itertools import product
from typing import Any

import torch

from seqloom.config import Recipe, Search
from seqloom.kernel import KernelStepper
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder

SOURCE_VOCABULARY, TARGET_VOCABULARY = 43, 71
SOURCES = [[5, 9, 31, 7, 12, 3], [8, 3], [42, 11, 4, 3], [3], [6, 5, 4, 7, 8, 9, 10, 11, 12, 3]]
"""Lengths that differ, the shortest an empty line."""

CELLS = ("elman", "lstm", "gru")
SCORES = ("dot", "general", "concat", "additive")


def _decoders() -> list[dict[str, Any]]:
    asking = [{"attention": {"kind": kind}} for kind in SCORES]
    fed = [{"input_feeding": feeding} for feeding in (True, False)]
    return [
        {"kind": "sutskever"},
        {"kind": "cho"},
        *({"kind": "bahdanau", **score} for score in asking),
        *({"kind": "luong", **score, **feeding} for score, feeding in product(asking, fed)),
    ]


def _recipes() -> dict[str, Recipe]:
    found = dict[str, Recipe]()
    for cell, decoder, both in product(CELLS, _decoders(), (True, False)):
        recipe = recipe_of(decoder, cell=cell, bidirectional=both)
        own = [value["kind"] if isinstance(value, dict) else value for value in decoder.values()]
        found["-".join(map(str, (cell, *own, "both ways" if both else "one way")))] = recipe
    return found


def recipe_of(
    decoder: dict[str, Any],
    *,
    cell: str = "lstm",
    bidirectional: bool = True,
    encoder: dict[str, Any] | None = None,
) -> Recipe:
    """An encoder of features that a dot product can meet; sizes that are no whole vectors."""
    hidden = 19
    read = {
        "kind": "recurrent",
        "cell": cell,
        "hidden": hidden,
        "embedding": 13,
        "bidirectional": bidirectional,
    }
    state = hidden * (2 if bidirectional else 1)
    return Recipe.model_validate(
        {
            "encoder": {**read, **(encoder or {})},
            "decoder": {"cell": cell, "hidden": state, "embedding": 11, **decoder},
            "training": {"init": "uniform", "init_scale": 0.5},
            "search": {"max_ratio": 2.0},
            "shared_vocabulary": (encoder or {}).get("tied", False),
        }
    )


RECIPES = _recipes()
"""Every cell with every decoder, attention and way of reading."""

OTHERS = {
    "stacked": recipe_of(
        {"kind": "luong", "layers": 3}, encoder={"layers": 2, "cell": "gru"}, cell="lstm"
    ),
    "stacked, states carried over": recipe_of(
        {"kind": "sutskever", "layers": 2}, encoder={"layers": 2}, bidirectional=False
    ),
    "states carried over, attending": recipe_of({"kind": "luong"}, bidirectional=False),
    "reversed": recipe_of({"kind": "luong"}, encoder={"reverse": True}),
    "reversed one way": recipe_of(
        {"kind": "bahdanau", "layers": 2}, encoder={"reverse": True}, bidirectional=False
    ),
    "tied": recipe_of({"kind": "luong", "embedding": 38, "tied": True}),
    "one embedding for both sides": recipe_of(
        {"kind": "luong", "embedding": 13}, encoder={"tied": True}
    ),
    "one embedding for all": recipe_of(
        {"kind": "bahdanau", "embedding": 13, "tied": True}, encoder={"tied": True}
    ),
    "tied across sizes": recipe_of({"kind": "luong", "tied": True}),
    "tied maxout": recipe_of({"kind": "bahdanau", "tied": True, "maxout": 7}),
    "deep with a fixed context": recipe_of({"kind": "cho", "layers": 2}, encoder={"layers": 2}),
    "sizes of the scores' own": recipe_of(
        {"kind": "bahdanau", "attention": {"kind": "concat", "hidden": 5}}, cell="gru"
    ),
}


@cache
def model_of(recipe: Recipe) -> EncoderDecoder:
    """With random weights that give neither a flat distribution nor one without a doubt."""
    torch.manual_seed(11)
    shared = recipe.shared_vocabulary
    source_vocabulary = TARGET_VOCABULARY if shared else SOURCE_VOCABULARY
    return build(recipe, source_vocabulary, TARGET_VOCABULARY).eval()


def kernel_of(recipe: Recipe, model: EncoderDecoder | None = None, **options: Any) -> KernelStepper:
    """The same model in the kernel."""
    named = (model or model_of(recipe)).named_parameters()
    return KernelStepper(recipe, {name: w.detach().numpy() for name, w in named}, **options)


GREEDY = Search(beam=1, max_ratio=2.0)
