"""What an encoder and a decoder must have in common, for the settings that ask for it."""

from seqloom.config.network import (
    GNMT,
    Decoder,
    Encoder,
    RecurrentDecoder,
    RecurrentEncoder,
    Sutskever,
    TransformerDecoder,
    TransformerEncoder,
)

_OF_A_CELL = ("cell", "hidden", "layers", "residual", "layer_norm", "zoneout")


def conflict(encoder: Encoder, decoder: Decoder, shared_vocabulary: bool) -> str:
    """Which settings do not go together, and the way out; empty if all do."""
    if impossible := _attending(encoder, decoder):
        return impossible
    if isinstance(encoder, RecurrentEncoder) and (steep := _too_steep(encoder, decoder)):
        return steep
    match encoder, decoder:
        case RecurrentEncoder(bidirectional="first", residual=2), _ if encoder.layers > 1:
            return (
                f"encoder.residual=2 adds {2 * encoder.hidden} features, both directions of the "
                f"first layer, to the {encoder.hidden} of the second. Set encoder.residual=3 or "
                "encoder.bidirectional=true."
            )
        case _, GNMT(layers=1):
            return (
                "decoder.kind=gnmt needs a layer that asks and a layer above it, but decoder.layers "
                "is 1. Set decoder.layers=2 or more, or decoder.kind=bahdanau."
            )
        case RecurrentEncoder(), Sutskever(one_net=True):
            same = _two_nets(encoder, decoder)
        case _:
            same = ""
    return same or _two_embeddings(encoder, decoder, shared_vocabulary)


def _too_steep(encoder: RecurrentEncoder, decoder: Decoder) -> str:
    """What keeps steps from being joined between the layers."""
    joins = len(encoder.pyramid)
    if not joins:
        return ""
    if joins >= encoder.layers:
        return (
            f"encoder.pyramid joins steps between layers, but has {joins} numbers for "
            f"{encoder.layers} layers. Set encoder.layers={joins + 1}, or leave some out."
        )
    if encoder.residual is not None and encoder.residual < joins + 2:
        return (
            f"encoder.residual={encoder.residual} adds a layer's input to its output, but with "
            f"encoder.pyramid it is wider. Set encoder.residual={joins + 2} or null."
        )
    if isinstance(decoder, Sutskever) and decoder.one_net:
        return (
            "decoder.one_net goes on with the encoder's cells, which encoder.pyramid makes wider. "
            "Set decoder.one_net=false or encoder.pyramid=[]."
        )
    return ""


def _attending(encoder: Encoder, decoder: Decoder) -> str:
    """What keeps a Transformer from being built, or a recurrent decoder from starting on one."""
    for side, part in (("encoder", encoder), ("decoder", decoder)):
        attends = isinstance(part, TransformerEncoder | TransformerDecoder)
        if attends and part.hidden % part.heads:
            fitting = max(n for n in range(1, part.heads) if part.hidden % n == 0)
            return (
                f"{side}.heads must share {side}.hidden evenly, but {part.heads} heads cannot share "
                f"{part.hidden} features. Set {side}.heads={fitting}, or another {side}.hidden."
            )
    if isinstance(encoder, TransformerEncoder) and isinstance(decoder, RecurrentDecoder):
        return (
            f"decoder.kind={decoder.kind} starts from the last state of a recurrent encoder, but "
            "encoder.kind=transformer has none. Set decoder.kind=transformer or "
            "encoder.kind=recurrent."
        )
    return ""


def _two_nets(encoder: RecurrentEncoder, decoder: Sutskever) -> str:
    """What keeps the decoder from being the encoder's own cells."""
    if encoder.bidirectional:
        return (
            "decoder.one_net reads and writes in one direction, but encoder.bidirectional is "
            f"{str(encoder.bidirectional).lower()}. Set encoder.bidirectional=false or "
            "decoder.one_net=false."
        )
    for name in (*_OF_A_CELL, "embedding"):
        ours, theirs = getattr(encoder, name), getattr(decoder, name)
        if ours != theirs:
            return (
                f"decoder.one_net asks for equal settings of both sides, but encoder.{name} is "
                f"{_shown(ours)} and decoder.{name} {_shown(theirs)}. Set "
                f"decoder.{name}={_shown(ours)} or decoder.one_net=false."
            )
    return ""


def _two_embeddings(encoder: Encoder, decoder: Decoder, shared_vocabulary: bool) -> str:
    """What keeps the source embedding from being the target's."""
    if not encoder.tied:
        return ""
    if not shared_vocabulary:
        return (
            "encoder.tied gives both sides one embedding, but their vocabularies differ. "
            "Set shared_vocabulary=true or encoder.tied=false."
        )
    if encoder.embedding != decoder.embedding:
        ours, theirs = _embedding_of(encoder), _embedding_of(decoder)
        return (
            f"encoder.tied asks for embeddings of equal size, but encoder.{ours} is "
            f"{encoder.embedding} and decoder.{theirs} {decoder.embedding}. Set "
            f"encoder.{ours}={decoder.embedding} or encoder.tied=false."
        )
    return ""


def _embedding_of(part: Encoder | Decoder) -> str:
    """The setting that says how large its embedding is."""
    return "hidden" if part.kind == "transformer" else "embedding"


def _shown(value: object) -> str:
    """As an override would write it."""
    return "null" if value is None else str(value).lower()
