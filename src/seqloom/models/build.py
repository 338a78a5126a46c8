"""From settings to modules: the one place that knows which parts make which paper.

A `match` over each union of config/network.py; the type checker says what is missing when a variant
is added. The weights are then filled by models/initialise.py.
"""

from typing import assert_never

from torch import nn

from seqloom.config import network
from seqloom.config.recipe import Recipe
from seqloom.models.build_attention import build_attention
from seqloom.models.build_cells import build_cell
from seqloom.models.build_transformer import transformer_decoder, transformer_encoder
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.initialise import initialised
from seqloom.nn.cells.stack import Stack
from seqloom.nn.decoders.bahdanau import Bahdanau
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder
from seqloom.nn.decoders.gnmt import GNMT
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.decoders.luong import Luong
from seqloom.nn.decoders.plain import Cho, Sutskever
from seqloom.nn.dropout import Dropout
from seqloom.nn.encoders.encoder import Encoder
from seqloom.nn.encoders.recurrent import RecurrentEncoder
from seqloom.nn.products import Linear
from seqloom.nn.readouts.pointer import Pointer
from seqloom.nn.readouts.softmax import Maxout, Softmax
from seqloom.symbols import PAD


def build(recipe: Recipe, source_size: int, target_vocabulary: int) -> EncoderDecoder:
    """The model of a recipe, its weights set by the recipe's initialisation.

    source_size  of the source vocabulary; of frames or strokes the features of one

    Draws from torch's default generator: seed it first for a repeatable start.
    """
    settings = recipe.decoder
    embedding = nn.Embedding(target_vocabulary, settings.embedding, padding_idx=PAD)
    if recipe.encoder.tied:
        assert source_size == target_vocabulary
        encoder = _encoder(recipe.encoder, embedding)
    elif recipe.series is not None:
        assert isinstance(recipe.encoder, network.RecurrentEncoder)
        read = Linear(source_size, recipe.encoder.embedding)
        encoder = _recurrent_encoder(recipe.encoder, read)
    else:
        read = nn.Embedding(source_size, recipe.encoder.embedding, padding_idx=PAD)
        encoder = _encoder(recipe.encoder, read)
    decoder = _decoder(settings, recipe.encoder, encoder)
    tied_to = embedding if settings.tied else None
    match settings:
        case network.Sutskever() | network.Luong() | network.GNMT() | network.TransformerDecoder():
            readout = Softmax(decoder.features, target_vocabulary, tied_to)
        case network.Cho() | network.Bahdanau():
            units = settings.maxout or max(1, settings.hidden // 2)
            readout = Maxout(decoder.features, units, target_vocabulary, tied_to)
        case _:
            assert_never(settings)
    sizes = source_size, target_vocabulary
    pointer = Pointer(decoder.features, *sizes) if recipe.copying else None
    model = EncoderDecoder(encoder, embedding, decoder, readout, pointer)
    return initialised(model, recipe.training)


def _encoder(settings: network.Encoder, embedding: nn.Embedding) -> Encoder:
    match settings:
        case network.RecurrentEncoder():
            return _recurrent_encoder(settings, embedding)
        case network.TransformerEncoder():
            return transformer_encoder(settings, embedding)
        case _:
            assert_never(settings)


def _decoder(settings: network.Decoder, encoder: network.Encoder, reader: Encoder) -> Decoder:
    if isinstance(settings, network.TransformerDecoder):
        return transformer_decoder(settings, encoder.features)
    # A recipe cannot ask for anything else: such decoders go on from the encoder's last states.
    assert isinstance(encoder, network.RecurrentEncoder)
    assert isinstance(reader, RecurrentEncoder)
    return _recurrent_decoder(settings, encoder, reader)


def _recurrent_encoder(
    settings: network.RecurrentEncoder, embedding: nn.Embedding | nn.Linear
) -> RecurrentEncoder:
    sizes = settings.inputs
    both_ways = sum(width > settings.hidden for width in settings.widths)
    forwards = [build_cell(settings, size) for size in sizes]
    backwards = [build_cell(settings, size) for size in sizes[:both_ways]]
    dropout = Dropout(settings.dropout, settings.variational)
    stack = Stack(forwards, backwards, dropout, settings.residual, settings.pyramid)
    return RecurrentEncoder(embedding, stack, settings.reverse)


def _layers(settings: network.RecurrentDecoder, encoder: RecurrentEncoder) -> Layers:
    sizes = [settings.embedding] + [settings.hidden] * (settings.layers - 1)
    match settings:
        case network.Sutskever(one_net=True):
            cells = encoder.stack.cells
        case _:
            cells = [build_cell(settings, size) for size in sizes]
    return Layers(cells, Dropout(settings.dropout, settings.variational), settings.residual)


def _bridge(
    settings: network.RecurrentDecoder, encoder: network.RecurrentEncoder, layers: Layers
) -> Bridge:
    return Bridge(encoder.widths, settings.hidden, layers.first.parts, settings.layers)


def _carries(settings: network.RecurrentDecoder, encoder: network.RecurrentEncoder) -> bool:
    """True if the encoder's last states fit the decoder as they are."""
    return (
        not encoder.bidirectional
        and encoder.cell == settings.cell
        and encoder.hidden == settings.hidden
        and encoder.layers == settings.layers
    )


def _recurrent_decoder(
    settings: network.RecurrentDecoder, encoder: network.RecurrentEncoder, reader: RecurrentEncoder
) -> Decoder:
    layers = _layers(settings, reader)
    source = encoder.features
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
            gates = layers.first.gates * layers.hidden
            feed = Linear(settings.hidden, gates, bias=False) if settings.input_feeding else None
            return Luong(layers, carried, attention, source, feed)
        case network.GNMT():
            attention = build_attention(settings.attention, settings.hidden, source)
            return GNMT(layers, carried, attention, source)
        case _:
            assert_never(settings)
