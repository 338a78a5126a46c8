"""From settings to modules: the one place that knows which parts make which paper.

A `match` over each union of config/network.py; the type checker says what is missing when a variant
is added. The weights are then filled by models/initialise.py.
"""

from typing import assert_never

from torch import nn

from seqloom.config import network
from seqloom.config.recipe import Recipe
from seqloom.models.build_attention import build_attention
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.initialise import initialised
from seqloom.nn.cells.cell import Cell
from seqloom.nn.cells.elman import Elman
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.cells.stack import Stack
from seqloom.nn.decoders.bahdanau import Bahdanau
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.decoders.luong import Luong
from seqloom.nn.decoders.plain import Cho, Sutskever
from seqloom.nn.dropout import Dropout
from seqloom.nn.encoders.recurrent import RecurrentEncoder
from seqloom.nn.readouts.softmax import Maxout, Softmax
from seqloom.symbols import PAD


def build(recipe: Recipe, source_vocabulary: int, target_vocabulary: int) -> EncoderDecoder:
    """The model of a recipe, its weights set by the recipe's initialisation.

    Draws from torch's default generator: seed it first for a repeatable start.
    """
    encoder = _encoder(recipe.encoder, source_vocabulary)
    settings = recipe.decoder
    embedding = nn.Embedding(target_vocabulary, settings.embedding, padding_idx=PAD)
    decoder = _decoder(settings, recipe.encoder)
    tied_to = embedding if settings.tied else None
    match settings:
        case network.Sutskever() | network.Luong():
            readout = Softmax(decoder.features, target_vocabulary, tied_to)
        case network.Cho() | network.Bahdanau():
            units = settings.maxout or max(1, settings.hidden // 2)
            readout = Maxout(decoder.features, units, target_vocabulary, tied_to)
        case _:
            assert_never(settings)
    return initialised(EncoderDecoder(encoder, embedding, decoder, readout), recipe.training)


def _cell(kind: network.CellKind, inputs: int, hidden: int) -> Cell:
    match kind:
        case "elman":
            return Elman(inputs, hidden)
        case "lstm":
            return LSTM(inputs, hidden)
        case "gru":
            return GRU(inputs, hidden)
        case _:
            assert_never(kind)


def _features(encoder: network.Encoder) -> int:
    """H, the features of one source position."""
    return encoder.hidden * (2 if encoder.bidirectional else 1)


def _encoder(settings: network.Encoder, vocabulary: int) -> RecurrentEncoder:
    sizes = [settings.embedding] + [_features(settings)] * (settings.layers - 1)
    forwards = [_cell(settings.cell, size, settings.hidden) for size in sizes]
    backwards = [_cell(settings.cell, size, settings.hidden) for size in sizes]
    stack = Stack(
        forwards,
        backwards if settings.bidirectional else [],
        Dropout(settings.dropout, settings.variational),
    )
    embedding = nn.Embedding(vocabulary, settings.embedding, padding_idx=PAD)
    return RecurrentEncoder(embedding, stack, settings.reverse)


def _layers(settings: network.Decoder) -> Layers:
    sizes = [settings.embedding] + [settings.hidden] * (settings.layers - 1)
    cells = [_cell(settings.cell, size, settings.hidden) for size in sizes]
    return Layers(cells, Dropout(settings.dropout, settings.variational))


def _bridge(settings: network.Decoder, encoder: network.Encoder, layers: Layers) -> Bridge:
    return Bridge(_features(encoder), settings.hidden, layers.first.parts, settings.layers)


def _carries(settings: network.Decoder, encoder: network.Encoder) -> bool:
    """True if the encoder's last states fit the decoder as they are."""
    return (
        not encoder.bidirectional
        and encoder.cell == settings.cell
        and encoder.hidden == settings.hidden
        and encoder.layers == settings.layers
    )


def _decoder(settings: network.Decoder, encoder: network.Encoder) -> Decoder:
    layers = _layers(settings)
    source = _features(encoder)
    bridge = _bridge(settings, encoder, layers)
    carried = Carry() if _carries(settings, encoder) else bridge
    match settings:
        case network.Sutskever():
            return Sutskever(layers, carried)
        case network.Cho():
            return Cho(layers, bridge, settings.embedding, source)
        case network.Bahdanau():
            attention = build_attention(settings.attention, settings.hidden, source)
            return Bahdanau(layers, bridge, attention, settings.embedding, source)
        case network.Luong():
            attention = build_attention(settings.attention, settings.hidden, source)
            gates = len(layers.first.b)
            feed = nn.Linear(settings.hidden, gates, bias=False) if settings.input_feeding else None
            return Luong(layers, carried, attention, source, feed)
        case _:
            assert_never(settings)
