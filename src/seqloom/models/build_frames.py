"""From settings to a converter of frames. Weights are then filled by models/initialise.py."""

from dataclasses import dataclass
from typing import assert_never

from torch import nn

from seqloom.config import densities, frames, network
from seqloom.config.training import Training
from seqloom.errors import UserError
from seqloom.models.attending import Attending
from seqloom.models.build_attention import build_attention
from seqloom.models.build_cells import build_cell
from seqloom.models.frames import FrameDensity, FrameModel
from seqloom.models.initialise import initialised
from seqloom.models.one_to_one import OneToOne
from seqloom.nn.cells.stack import Stack
from seqloom.nn.decoders.bahdanau import Bahdanau
from seqloom.nn.decoders.bridge import Bridge
from seqloom.nn.decoders.decoder import Decoder
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.decoders.luong import Luong
from seqloom.nn.dropout import Dropout
from seqloom.nn.products import Linear
from seqloom.nn.readouts.bernoulli import Bernoulli
from seqloom.nn.readouts.gaussian import Gaussian
from seqloom.nn.readouts.mixture import DiagonalMixture
from seqloom.nn.readouts.regression import Regression


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """source and target: features of a frame; dates: what is known of a date; horizon: frames that are
    written, or None where a bit ends them."""

    source: int
    target: int
    dates: int
    horizon: int | None


def build_frames(settings: frames.FrameModel, training: Training, sizes: Sizes) -> FrameModel:
    """Draws from torch's default generator: seed it first for a repeatable start."""
    match settings:
        case frames.OneToOne():
            model = _one_to_one(settings, sizes)
        case frames.Attending():
            model = _attending(settings, sizes)
        case _:
            assert_never(settings)
    return initialised(model, training)


def _one_to_one(settings: frames.OneToOne, sizes: Sizes) -> OneToOne:
    if settings.residual and sizes.source != sizes.target:
        raise UserError(
            "model.residual learns how a target frame differs from its source frame, but those have "
            f"{sizes.source} and {sizes.target} features. Set model.residual=false."
        )
    reader = _reader(settings, sizes.source)
    above = sizes.source + reader.features
    inputs = [sizes.source] + [above] * (settings.layers - 1)
    forwards = [build_cell(reader, size) for size in inputs]
    backwards = [build_cell(reader, size) for size in inputs if settings.bidirectional]
    density = _density(settings.density, settings.layers * reader.features, sizes.target)
    return OneToOne(forwards, backwards, _dropout(settings), density, settings.residual)


def _attending(settings: frames.Attending, sizes: Sizes) -> Attending:
    reader, size = _reader(settings, settings.embedding), settings.embedding
    inputs = [size, *reader.widths[:-1]]
    forwards = [build_cell(reader, each) for each in inputs]
    backwards = [build_cell(reader, each) for each in inputs if settings.bidirectional]
    decoder = _decoder(settings, reader)
    fed_back = settings.fed == "written"
    return Attending(
        Linear(sizes.source + sizes.dates, size),
        Stack(forwards, backwards, _dropout(settings)),
        decoder,
        _density(settings.density, decoder.features, sizes.target),
        written=Linear(sizes.target, size) if fed_back else None,
        places=None if fed_back else nn.Embedding(sizes.horizon or 1, size),
        dates=Linear(sizes.dates, size, bias=False) if sizes.dates else None,
        end=nn.Linear(decoder.features, 1) if sizes.horizon is None else None,
        longest=sizes.horizon or settings.max_length,
    )


def _decoder(settings: frames.Attending, reader: network.RecurrentEncoder) -> Decoder:
    cells = network.Luong(
        cell=settings.cell,
        hidden=settings.hidden,
        layers=settings.layers,
        layer_norm=settings.layer_norm,
    )
    inputs = [settings.embedding] + [settings.hidden] * (settings.layers - 1)
    layers = Layers([build_cell(cells, size) for size in inputs], _dropout(settings))
    source = reader.features
    bridge = Bridge(reader.widths, settings.hidden, layers.first.parts, settings.layers)
    attention = build_attention(settings.attention, settings.hidden, source)
    match settings.decoder:
        case "bahdanau":
            return Bahdanau(layers, bridge, attention, settings.embedding, source)
        case "luong":
            gates = layers.first.gates * layers.hidden
            feed = Linear(settings.hidden, gates, bias=False) if settings.input_feeding else None
            return Luong(layers, bridge, attention, source, feed)
        case _:
            assert_never(settings.decoder)


def _density(settings: densities.FrameDensity, features: int, width: int) -> FrameDensity:
    match settings:
        case densities.Regression():
            return Regression(features, width, settings.floor)
        case densities.Gaussian():
            return Gaussian(features, width, settings.floor)
        case densities.Mixture():
            return DiagonalMixture(features, width, settings.mixtures, settings.floor)
        case densities.Bernoulli():
            return Bernoulli(features, width)
        case _:
            assert_never(settings)


def _reader(
    settings: frames.OneToOne | frames.Attending, embedding: int
) -> network.RecurrentEncoder:
    """The reading side in the terms that cells are built from."""
    return network.RecurrentEncoder(
        cell=settings.cell,
        hidden=settings.hidden,
        layers=settings.layers,
        bidirectional=settings.bidirectional,
        layer_norm=settings.layer_norm,
        embedding=embedding,
    )


def _dropout(settings: frames.OneToOne | frames.Attending) -> Dropout:
    return Dropout(settings.dropout, settings.variational)
