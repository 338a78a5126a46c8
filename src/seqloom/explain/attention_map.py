"""The attention of one output as every picture needs it: labels and a matrix.

Rows are output tokens, columns are source tokens. A weight of attention is between 0 and 1; the figures of
other methods may be of any size, and are drawn as shares of the largest; those below 0 have a colour of
their own.
"""

from dataclasses import dataclass
from typing import NamedTuple

from seqloom.errors import UserError
from seqloom.explain.labels import any_right_to_left, label
from seqloom.predict.result import Result
from seqloom.search.stepper import Reals

NO_ATTENTION = (
    "A picture of attention needs attention weights, but this model has none. "
    "Train one with a Bahdanau, Luong or GNMT decoder, or explain it by occlusion."
)
RIGHT_TO_LEFT_NOTE = "Right-to-left text: columns run in reading order, first token leftmost."


class Reading(NamedTuple):
    """What rows and columns are, and what joins the names of a row and of a column."""

    rows: str
    columns: str
    joint: str


OUTPUT_BY_SOURCE = Reading("output tokens", "source tokens", "←")


@dataclass(frozen=True, slots=True)
class AttentionMap:
    """One output laid against its source, or something else that `reading` names.

    source, target  the tokens as shown
    weights         [target, source]
    notes           what a reader must know to read the picture
    title           what is shown; attention, if it is empty
    largest         what is drawn darkest; no figure is further from 0
    signed          whether there may be figures below 0
    unit            of the figures
    scale           whether it is drawn below
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: Reals
    notes: tuple[str, ...]
    title: str = ""
    largest: float = 1.0
    signed: bool = False
    unit: str = "weight"
    scale: bool = True
    reading: Reading = OUTPUT_BY_SOURCE

    @property
    def kind(self) -> str:
        """What the figures are, in a word or two."""
        return self.title or "Attention"

    @property
    def shares(self) -> Reals:
        """The figures as shares of the largest, from -1 to 1."""
        return self.weights / (self.largest or 1.0)

    def told(self, weight: float) -> str:
        """A figure as text."""
        shown = f"{weight:+.2f}" if self.signed else f"{weight:.2f}"
        return f"{weight:.1e}" if 0 < self.largest < 0.05 and weight else shown

    @property
    def ends(self) -> tuple[str, str]:
        """What stands at both ends of the scale."""
        most = self.told(self.largest) if self.title else "1"
        return (self.told(-self.largest) if self.signed else "0"), f"{most} {self.unit}".strip()


def attention_map(result: Result, output: int) -> AttentionMap:
    """The map of output number `output`, best first from 0."""
    if not 0 <= output < len(result.outputs):
        raise UserError(
            f"There is no output number {output}: this result has {len(result.outputs)}, "
            "counted from 0. Ask for a longer n-best list."
        )
    chosen = result.outputs[output]
    if chosen.attention is None:
        raise UserError(NO_ATTENTION)
    assert chosen.attention.shape == (len(chosen.tokens), len(result.source_tokens))
    return AttentionMap(
        source=tuple(map(label, result.source_tokens)),
        target=tuple(map(label, chosen.tokens)),
        weights=chosen.attention,
        notes=(RIGHT_TO_LEFT_NOTE,) if any_right_to_left(result.source_tokens) else (),
    )
