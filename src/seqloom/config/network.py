"""The encoder and the decoder: a family of variants is a union told apart by `kind`."""

from math import prod
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
    residual: Annotated[int, Field(ge=2)] | None = None
    """The first layer, counted from 1, whose input is added to its output (Wu 2016, section 3.1)."""
    dropout: Probability = 0.0
    """On the inputs of every layer and on what the stack hands on."""
    variational: bool = False
    """Drop the same features at every step of a sequence (Gal & Ghahramani 2016)."""
    layer_norm: bool = False
    """Bring the sums inside the cells to mean 0 and variance 1 (Ba 2016)."""
    zoneout: Probability = 0.0
    """In training a feature of the state keeps its old value with this probability; at inference
    old and new are mixed in that proportion (Krueger 2017)."""


class RecurrentEncoder(_Stack):
    """A stack of recurrent layers over the source."""

    kind: Literal["recurrent"] = "recurrent"
    bidirectional: bool | Literal["first"] = True
    """Layers that read in both directions: all, none, or the first alone (Wu 2016)."""
    embedding: PositiveInt = 128
    reverse: bool = False
    """Read the source last to first (Sutskever 2014)."""
    learned_start: bool = False
    """Learn the state before the first position instead of starting from zeros. A decoder has no
    such setting: it always starts from what the encoder read."""
    tied: bool = False
    """The source embedding is the target's; asks for a shared vocabulary and equal sizes."""
    pyramid: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Of frames and strokes: how many neighbouring steps are joined after each layer, the lowest first
    (Chan 2016, eq. 5). [2, 2] under three layers or more hands on a position for four frames."""

    @property
    def joined(self) -> int:
        """Source steps that make one position."""
        return prod(self.pyramid)

    @property
    def inputs(self) -> list[int]:
        """The features that each layer reads."""
        joins = [*self.pyramid, *[1] * self.layers]
        return [self.embedding, *(w * k for w, k in zip(self.widths[:-1], joins, strict=False))]

    @property
    def widths(self) -> list[int]:
        """The features that each layer hands on."""
        ways = [2 if self.bidirectional else 1]
        ways += [2 if self.bidirectional is True else 1] * (self.layers - 1)
        return [self.hidden * way for way in ways]

    @property
    def features(self) -> int:
        """H, the features of one source position."""
        return self.widths[-1]


class _Transformer(Section):
    hidden: PositiveInt = 256
    """Features of every layer, and of the embedding."""
    layers: PositiveInt = 3
    heads: PositiveInt = 4
    """Attentions side by side in each layer, each with an equal share of the features."""
    feedforward: PositiveInt = 1024
    """Features inside the feed-forward part of each layer."""
    dropout: Probability = 0.1
    """On the embedding, on attention weights, and in and after each part of every layer."""
    norm_first: bool = True
    """Normalise before each part of a layer (Xiong 2020); false: after the sum (Vaswani 2017)."""

    @property
    def embedding(self) -> int:
        """E, the features of the embedding."""
        return self.hidden


class TransformerEncoder(_Transformer):
    """Layers in which every source position attends to all others (Vaswani 2017)."""

    kind: Literal["transformer"] = "transformer"
    tied: bool = False
    """The source embedding is the target's; asks for a shared vocabulary and equal sizes."""

    @property
    def features(self) -> int:
        """H, the features of one source position."""
        return self.hidden


Encoder = Annotated[RecurrentEncoder | TransformerEncoder, Field(discriminator="kind")]


class _Decoder(_Stack):
    embedding: PositiveInt = 128
    tied: bool = False
    """The readout shares its weights with the target embedding."""


class _Attentive(Section):
    copying: bool = False
    """The readout may copy source units too, those never seen in training included (See 2017)."""


class Sutskever(_Decoder):
    """The encoder's last state starts the decoder; nothing else crosses (Sutskever 2014)."""

    kind: Literal["sutskever"] = "sutskever"
    one_net: bool = False
    """The encoder's own cells write the target: one net reads, then goes on to write. Its embedding is
    one too with `encoder.tied`, which asks for a shared vocabulary."""


class Cho(_Decoder):
    """One context vector enters every step and the readout, with maxout (Cho 2014)."""

    kind: Literal["cho"] = "cho"
    cell: CellKind = "gru"
    maxout: PositiveInt | None = None
    """Features of the maxout readout; half the decoder's size if not given."""


class Bahdanau(_Attentive, _Decoder):
    """Asks with the state before the step, then updates; maxout readout (Bahdanau 2015)."""

    kind: Literal["bahdanau"] = "bahdanau"
    cell: CellKind = "gru"
    attention: Attention = Additive()
    maxout: PositiveInt | None = None
    """Features of the maxout readout; half the decoder's size if not given."""


class Luong(_Attentive, _Decoder):
    """Updates, then asks with the new state; attentional state, input feeding (Luong 2015)."""

    kind: Literal["luong"] = "luong"
    attention: Attention = General()
    input_feeding: bool = True


class GNMT(_Attentive, _Decoder):
    """The bottom layer asks for all; the context enters every layer and the readout (Wu 2016)."""

    kind: Literal["gnmt"] = "gnmt"
    layers: PositiveInt = 2
    residual: Annotated[int, Field(ge=2)] | None = 3
    attention: Attention = Additive()


class TransformerDecoder(_Attentive, _Transformer):
    """Attends to all it has written and to the source, in every layer (Vaswani 2017)."""

    kind: Literal["transformer"] = "transformer"
    tied: bool = False
    """The readout shares its weights with the target embedding."""


RecurrentDecoder = Sutskever | Cho | Bahdanau | Luong | GNMT
Decoder = Annotated[RecurrentDecoder | TransformerDecoder, Field(discriminator="kind")]
