"""How a decoder asks: a family of attentions told apart by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from seqloom.config.section import Section


class Dot(Section):
    """e = s . h (Luong 2015, after eq. 7); asks for states of equal size."""

    kind: Literal["dot"] = "dot"
    scaled: bool = False
    """Divide by the square root of their size (Vaswani 2017, eq. 1)."""


class General(Section):
    """e = s W h (Luong 2015, after eq. 7)."""

    kind: Literal["general"] = "general"


class Concat(Section):
    """e = v . tanh(W [s ; h]) (Luong 2015, after eq. 7)."""

    kind: Literal["concat"] = "concat"
    hidden: PositiveInt | None = None
    """Features inside the tanh; the decoder's own size if not given."""


class Additive(Section):
    """e = v . tanh(W s + U h) (Bahdanau 2015, A.1.2)."""

    kind: Literal["additive"] = "additive"
    hidden: PositiveInt | None = None
    """Features inside the tanh; the decoder's own size if not given."""


class Coverage(Section):
    """e = v . tanh(W s + U h + w_c cov), cov the weights paid so far (See 2017, eq. 11)."""

    kind: Literal["coverage"] = "coverage"
    hidden: PositiveInt | None = None
    """Features inside the tanh; the decoder's own size if not given."""


class LocationAware(Section):
    """e = v . tanh(W s + V h + U f + b), f filters over the weights of the step before (Chorowski 2015,
    eq. 8 and 9): follows sources that are long and read in order, such as speech."""

    kind: Literal["location_aware"] = "location_aware"
    hidden: PositiveInt | None = None
    """Features inside the tanh; the decoder's own size if not given."""
    filters: PositiveInt = 10
    window: PositiveInt = 10
    """Positions that a filter sees on either side."""


class Location(Section):
    """a = softmax(W s), whatever is written there (Luong 2015, section 3.1)."""

    kind: Literal["location"] = "location"
    max_source: PositiveInt | None = None
    """Positions that a source may have, features and <eos> counted; has to be given, and to be no
    less than `data.max_source`."""


class _Local(Section):
    window: PositiveInt = 10
    """Positions looked at on either side of the centre, D in the paper."""
    score: Literal["dot", "general", "concat"] = "general"
    """How the positions in the window are compared."""


class LocalM(_Local):
    """A window that moves one position a step (Luong 2015, section 3.2)."""

    kind: Literal["local-m"] = "local-m"


class LocalP(_Local):
    """A window around a position that the state predicts (Luong 2015, eq. 9 and 10)."""

    kind: Literal["local-p"] = "local-p"


class MultiHead(Section):
    """Scaled dot products of several projections (Vaswani 2017, section 3.2.2)."""

    kind: Literal["multihead"] = "multihead"
    heads: PositiveInt = 4
    hidden: PositiveInt | None = None
    """Features that the heads share equally; the decoder's own size if not given."""


Attention = Annotated[
    Dot
    | General
    | Concat
    | Additive
    | Coverage
    | LocationAware
    | Location
    | LocalM
    | LocalP
    | MultiHead,
    Field(discriminator="kind"),
]


def conflict(attention: Attention, query: int, source: int, max_source: int) -> str:
    """Why it cannot be asked by states of `query` features about a source of `source` features and
    up to `max_source` tokens, and the way out; empty if it can."""
    match attention:
        case Dot() if query != source:
            return _unequal("kind", query, source)
        case LocalM(score="dot") | LocalP(score="dot") if query != source:
            return _unequal("score", query, source)
        case Location(max_source=None):
            return (
                "decoder.attention: location has weights for every position and so asks for a maximum "
                f"length. Set decoder.attention.max_source={max_source}, which is data.max_source, or "
                "lower both."
            )
        case Location(max_source=int(limit)) if limit < max_source:
            return (
                f"decoder.attention.max_source must be at least data.max_source, or longer pairs would "
                f"be trained on, but is {limit} of {max_source}. Set data.max_source={limit}, or "
                f"decoder.attention.max_source={max_source}."
            )
        case MultiHead() if (shared := attention.hidden or query) % attention.heads:
            heads = attention.heads
            return (
                f"decoder.attention: {heads} heads cannot share {shared} features equally. Set "
                f"decoder.attention.hidden={-(-shared // heads) * heads}, or other "
                f"decoder.attention.heads."
            )
        case _:
            return ""


def _unequal(setting: str, query: int, source: int) -> str:
    return (
        f"decoder.attention: dot asks for states of equal size, but the decoder has {query} features "
        f"and the encoder {source}. Set decoder.hidden={source} or "
        f"decoder.attention.{setting}=general."
    )
