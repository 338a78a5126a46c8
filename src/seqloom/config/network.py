"""The encoder and the decoder: a family of variants is a union told apart by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from seqloom.config.attention import Additive, Attention, General
from seqloom.config.section import Section

CellKind = Literal["elman", "lstm", "gru"]
Probability = Annotated[float, Field(ge=0.0, lt=1.0)]


class _Stack(Section):
    cell: CellKind = "lstm"
    hidden: PositiveInt = 256
    """Features of one layer (of one direction, where there are two)."""
    layers: PositiveInt = 1
    dropout: Probability = 0.0
    """On the inputs of every layer and on what the stack hands on."""
    variational: bool = False
    """Drop the same features at every step of a sequence (Gal & Ghahramani 2016)."""


class Encoder(_Stack):
    """A stack of recurrent layers over the source."""

    bidirectional: bool = True
    embedding: PositiveInt = 128
    reverse: bool = False
    """Read the source last to first (Sutskever 2014)."""


class _Decoder(_Stack):
    embedding: PositiveInt = 128
    tied: bool = False
    """The readout shares its weights with the target embedding."""


class Sutskever(_Decoder):
    """The encoder's last state starts the decoder; nothing else crosses (Sutskever 2014)."""

    kind: Literal["sutskever"] = "sutskever"


class Cho(_Decoder):
    """One context vector enters every step and the readout, with maxout (Cho 2014)."""

    kind: Literal["cho"] = "cho"
    cell: CellKind = "gru"
    maxout: PositiveInt | None = None
    """Features of the maxout readout; half the decoder's size if not given."""


class Bahdanau(_Decoder):
    """Asks with the state before the step, then updates; maxout readout (Bahdanau 2015)."""

    kind: Literal["bahdanau"] = "bahdanau"
    cell: CellKind = "gru"
    attention: Attention = Additive()
    maxout: PositiveInt | None = None
    """Features of the maxout readout; half the decoder's size if not given."""


class Luong(_Decoder):
    """Updates, then asks with the new state; attentional state, input feeding (Luong 2015)."""

    kind: Literal["luong"] = "luong"
    attention: Attention = General()
    input_feeding: bool = True


Decoder = Annotated[Sutskever | Cho | Bahdanau | Luong, Field(discriminator="kind")]
