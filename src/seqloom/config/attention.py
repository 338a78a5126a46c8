"""How a decoder asks: a family of attentions told apart by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from seqloom.config.section import Section


class Dot(Section):
    """e = s . h (Luong 2015, eq. 8); asks for states of equal size."""

    kind: Literal["dot"] = "dot"


class General(Section):
    """e = s W h (Luong 2015, eq. 8)."""

    kind: Literal["general"] = "general"


class Concat(Section):
    """e = v . tanh(W [s ; h]) (Luong 2015, eq. 8)."""

    kind: Literal["concat"] = "concat"
    hidden: PositiveInt | None = None
    """Features inside the tanh; the decoder's own size if not given."""


class Additive(Section):
    """e = v . tanh(W s + U h) (Bahdanau 2015, A.1.2)."""

    kind: Literal["additive"] = "additive"
    hidden: PositiveInt | None = None
    """Features inside the tanh; the decoder's own size if not given."""


Attention = Annotated[Dot | General | Concat | Additive, Field(discriminator="kind")]
