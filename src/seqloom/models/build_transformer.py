"""From settings to a Transformer, of torch's own layers."""

from torch import nn

from seqloom.config import network
from seqloom.nn.decoders.transformer import TransformerDecoder
from seqloom.nn.encoders.transformer import TransformerEncoder


def transformer_encoder(
    settings: network.TransformerEncoder, embedding: nn.Embedding
) -> TransformerEncoder:
    """Reads sources that are embedded so."""
    layers = [
        nn.TransformerEncoderLayer(
            settings.hidden,
            settings.heads,
            settings.feedforward,
            settings.dropout,
            batch_first=True,
            norm_first=settings.norm_first,
        )
        for _ in range(settings.layers)
    ]
    return TransformerEncoder(embedding, layers, _last(settings), settings.dropout)


def transformer_decoder(settings: network.TransformerDecoder, source: int) -> TransformerDecoder:
    """`source` is how many features an encoded position has."""
    layers = [
        nn.TransformerDecoderLayer(
            settings.hidden,
            settings.heads,
            settings.feedforward,
            settings.dropout,
            batch_first=True,
            norm_first=settings.norm_first,
        )
        for _ in range(settings.layers)
    ]
    return TransformerDecoder(layers, _last(settings), settings.dropout, source)


def _last(settings: network.TransformerEncoder | network.TransformerDecoder) -> nn.Module:
    """After the sum each layer normalises what it hands on; before its parts, none has."""
    return nn.LayerNorm(settings.hidden) if settings.norm_first else nn.Identity()
