"""From settings to a classifier of documents. Weights are then filled by models/initialise.py, and the
embedding, where there are pretrained vectors, by `fill_embedding`.
"""

from typing import Literal, assert_never

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from seqloom.config import documents, network
from seqloom.config.training import Training
from seqloom.models.build_cells import build_cell
from seqloom.models.hierarchical import Flat, Hierarchical, Level
from seqloom.models.initialise import initialised
from seqloom.nn.attention.pooling import Max, Mean, Pooling, SelfAttention
from seqloom.nn.cells.stack import Stack
from seqloom.nn.dropout import Dropout
from seqloom.symbols import PAD

Recurrent = documents.Hierarchical | documents.Flat


def build_classifier(
    settings: Recurrent, training: Training, vocabulary: int, labels: int
) -> Hierarchical | Flat:
    """Draws from torch's default generator: seed it first for a repeatable start."""
    embedding = nn.Embedding(vocabulary, settings.embedding, padding_idx=PAD)
    readout = nn.Linear(2 * settings.hidden, labels)
    match settings:
        case documents.Hierarchical(pooling=pooling):
            words = _level(settings, settings.embedding, pooling)
            sentences = _level(settings, 2 * settings.hidden, pooling)
            model = Hierarchical(embedding, words, sentences, readout)
        case documents.Flat():
            model = Flat(embedding, _level(settings, settings.embedding, "attention"), readout)
        case _:
            assert_never(settings)
    model = initialised(model, training)
    embedding.weight.requires_grad_(not settings.freeze_vectors)
    return model


def fill_embedding(embedding: nn.Embedding, vectors: dict[int, NDArray[np.float32]]) -> None:
    """Put pretrained vectors in the rows of their words; the other rows stay as they are."""
    if vectors:
        rows = torch.from_numpy(np.stack(list(vectors.values())))
        with torch.no_grad():
            embedding.weight[list(vectors)] = rows.to(embedding.weight)


def _level(settings: Recurrent, inputs: int, pooling: Literal["attention", "mean", "max"]) -> Level:
    reader = network.RecurrentEncoder(
        cell=settings.cell,
        hidden=settings.hidden,
        layers=settings.layers,
        layer_norm=settings.layer_norm,
    )
    sizes = [inputs, *reader.widths[:-1]]
    forwards = [build_cell(reader, size) for size in sizes]
    backwards = [build_cell(reader, size) for size in sizes]
    stack = Stack(forwards, backwards, Dropout(settings.dropout, variational=False))
    return Level(stack, _pooling(pooling, reader.features, settings.attention))


def _pooling(kind: Literal["attention", "mean", "max"], states: int, hidden: int) -> Pooling:
    match kind:
        case "attention":
            return SelfAttention(states, hidden)
        case "mean":
            return Mean()
        case "max":
            return Max()
        case _:
            assert_never(kind)
