"""From settings to a next-step predictor. The weights are then filled by models/initialise.py."""

from math import log

import torch
from torch import nn

from seqloom.config import network
from seqloom.config.next_step import (
    GaussianReadout,
    MixtureReadout,
    NextStepModel,
    NextStepRecipe,
)
from seqloom.models.build_cells import build_cell
from seqloom.models.initialise import initialised
from seqloom.models.next_step import NextPoint, NextToken
from seqloom.nn.attention.window import SoftWindow
from seqloom.nn.dropout import Dropout
from seqloom.nn.readouts.mixture import StrokeMixture
from seqloom.nn.readouts.softmax import Softmax
from seqloom.nn.skip import SkipNet, WindowedLayer, layer_inputs
from seqloom.symbols import PAD

POINT = 3
"""dx, dy, pen."""


def build_next_token(recipe: NextStepRecipe, vocabulary: int) -> NextToken:
    """Draws from torch's default generator: seed it first for a repeatable start."""
    settings = recipe.model
    embedding = nn.Embedding(vocabulary, settings.embedding, padding_idx=PAD)
    net = _net(settings, settings.embedding)
    readout = Softmax(net.features, vocabulary, embedding if settings.tied else None)
    return initialised(NextToken(embedding, net, readout), recipe.training)


def build_next_point(recipe: NextStepRecipe, vocabulary: int = 0) -> NextPoint:
    """`vocabulary` is that of the texts; without texts it plays no part."""
    settings = recipe.model
    net = _net(settings, POINT)
    ending = nn.Linear(net.features, 1) if settings.ending == "end" else None
    letters = None
    if settings.window is not None:
        letters = nn.Embedding(vocabulary, settings.window.embedding, padding_idx=PAD)
    model = NextPoint(net, _density(settings, net.features), ending, letters)
    model = initialised(model, recipe.training)
    if settings.window is not None and net.windowed is not None:
        # The pace is a bias, and every bias was just set to 0.
        with torch.no_grad():
            ahead = net.windowed.window.W.bias[2 * settings.window.gaussians :]
            ahead += log(settings.window.pace)
    return model


def _net(settings: NextStepModel, inputs: int) -> SkipNet:
    window = settings.window
    shown = window.embedding if window else 0
    kind = network.RecurrentEncoder(
        cell=settings.cell,
        hidden=settings.hidden,
        layer_norm=settings.layer_norm,
        zoneout=settings.zoneout,
    )
    sizes = layer_inputs(inputs, settings.hidden, settings.layers, settings.skip, shown)
    cells = [build_cell(kind, size) for size in sizes]
    windowed = None
    if window is not None:
        looks = SoftWindow(settings.hidden, window.gaussians, window.pace)
        windowed = WindowedLayer(cells[0], looks, window.embedding)
    return SkipNet(cells, Dropout(settings.dropout, settings.variational), settings.skip, windowed)


def _density(settings: NextStepModel, features: int) -> StrokeMixture:
    match settings.readout:
        case MixtureReadout(components=components, floor=floor):
            return StrokeMixture(features, components, floor)
        case GaussianReadout(floor=floor):
            return StrokeMixture(features, 1, floor)
        case _:
            raise AssertionError("the recipe refuses other readouts of strokes")
