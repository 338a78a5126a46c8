"""Classifiers of documents of every kind, small and in float64: every two choices meet in some variant."""

from typing import get_args

from tests.laws.covering import covering
from tests.models.documents import SIZES

from seqloom.config.documents import Flat, Hierarchical
from seqloom.config.network import CellKind

INSIDE = {"cell": get_args(CellKind), "layers": (1, 2, 3), "layer_norm": (False, True)}
POOLINGS = get_args(Hierarchical.model_fields["pooling"].annotation)

VARIANTS: dict[str, Hierarchical | Flat] = {}
for row in covering({**INSIDE, "pooling": POOLINGS}):
    VARIANTS["-".join(["han", *map(str, row.values())])] = Hierarchical(**SIZES, **row)
for row in covering(INSIDE):
    VARIANTS["-".join(["flat", *map(str, row.values())])] = Flat(**SIZES, **row)
