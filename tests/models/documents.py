"""Documents made up for the tests of classifiers: ids drawn at random, sizes that are all different."""

import random

import torch

from seqloom.config.documents import Flat, Hierarchical
from seqloom.config.training import Training
from seqloom.data.documents.batching import batch_of, joined
from seqloom.models import hierarchical
from seqloom.models.build_documents import build_classifier
from seqloom.models.documents import documents_of

VOCABULARY, LABELS = 23, 3
SIZES = {"embedding": 7, "hidden": 5, "attention": 4, "dropout": 0.0}
KINDS = {
    "attention": Hierarchical(**SIZES),
    "mean": Hierarchical(pooling="mean", **SIZES),
    "max": Hierarchical(pooling="max", **SIZES),
    "lstm, two layers": Hierarchical(cell="lstm", layers=2, **SIZES),
    "elman, layer norm": Hierarchical(cell="elman", layer_norm=True, **SIZES),
    "flat": Flat(**SIZES),
}


def made(settings: Hierarchical | Flat) -> hierarchical.Hierarchical | hierarchical.Flat:
    torch.manual_seed(1)
    return build_classifier(settings, Training(), VOCABULARY, LABELS).double().eval()


def documents(settings: Hierarchical | Flat, shape: list[list[int]]) -> list[list[list[int]]]:
    """Random words; `shape` has the lengths of the sentences of each document."""
    draw = random.Random(2)
    found = [
        [[draw.randrange(4, VOCABULARY) for _ in range(n)] for n in lengths] for lengths in shape
    ]
    if isinstance(settings, Flat):
        return [[ids.tolist() for ids in joined(document)] for document in found]
    return found


def read(model, some: list[list[list[int]]], limit: float = 0.18) -> hierarchical.Reading:
    with torch.no_grad():
        return model(documents_of(batch_of(some, limit=limit), model))
