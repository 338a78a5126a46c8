"""Gates and states over time as strips of squares: one strip for each layer, a row for each gate, a column
for each token that the layer read or wrote.

A strip is drawn as an attention map is. All strips of a picture have one scale, which stands below the
last: 0 is a gate that is shut, 1 one that is open. |h| stays below 1 for LSTMs and GRUs; where a cell
goes beyond, the scale does.
"""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Protocol

import numpy as np

from seqloom.errors import UserError
from seqloom.explain.attention_map import RIGHT_TO_LEFT_NOTE, AttentionMap, Reading
from seqloom.explain.labels import any_right_to_left, label

TITLE = "Gates and states over time"
LETTERS = {
    "i": "input gate",
    "f": "forget gate",
    "o": "output gate",
    "r": "reset gate",
    "z": "update gate",
    "|h|": "size of the state",
}
GATE_BY_TOKEN = Reading("gates", "tokens", "at")
NO_GATES = "A picture of gates needs recurrent cells, but this model has none. Leave out the gates."
NOTE_WIDTH = 50
"""Characters in a line of a note that is given."""
_NOTE = "Means over the features of a layer; the state by its root mean square."


class Traced(Protocol):
    """A layer over the tokens that it read or wrote: for each letter a value at each token."""

    @property
    def layer(self) -> str: ...
    @property
    def tokens(self) -> tuple[str, ...]: ...
    @property
    def values(self) -> Mapping[str, tuple[float, ...]]: ...


def gate_strips(traces: Sequence[Traced], more: Sequence[str] = ()) -> list[AttentionMap]:
    """A strip for each layer. Raises UserError for a model without recurrent cells.

    more  notes that stand below the others
    """
    if not traces:
        raise UserError(NO_GATES)
    weights = [np.array([*trace.values.values()], dtype=np.float32) for trace in traces]
    largest = max(1.0, *(float(own.max()) for own in weights))
    tokens = [token for trace in traces for token in trace.tokens]
    notes = (_NOTE, RIGHT_TO_LEFT_NOTE) if any_right_to_left(tokens) else (_NOTE,)
    notes += tuple(line for note in more for line in wrap(note, NOTE_WIDTH))
    return [
        AttentionMap(
            source=tuple(map(label, trace.tokens)),
            target=tuple(LETTERS[name] for name in trace.values),
            weights=own,
            notes=notes if trace is traces[-1] else (),
            title=trace.layer,
            largest=largest,
            unit="",
            scale=trace is traces[-1],
            reading=GATE_BY_TOKEN,
        )
        for trace, own in zip(traces, weights, strict=True)
    ]
