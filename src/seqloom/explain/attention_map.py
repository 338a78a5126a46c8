"""The attention of one output as every picture needs it: labels and a matrix.

Rows are output tokens, columns are source tokens, a weight is between 0 and 1.
"""

from dataclasses import dataclass

from seqloom.errors import UserError
from seqloom.explain.labels import any_right_to_left, label
from seqloom.predict.result import Result
from seqloom.search.stepper import Reals

NO_ATTENTION = (
    "A picture of attention needs attention weights, but this model has none. "
    "Train one with a Bahdanau, Luong or GNMT decoder."
)
RIGHT_TO_LEFT_NOTE = "Right-to-left text: columns run in reading order, first token leftmost."


@dataclass(frozen=True, slots=True)
class AttentionMap:
    """One output laid against its source.

    source, target  the tokens as shown
    weights         [target, source]
    notes           what a reader must know to read the picture
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: Reals
    notes: tuple[str, ...]


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
