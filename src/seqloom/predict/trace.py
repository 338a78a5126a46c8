"""How an answer came about: what the search weighed, and what else the model might have said.

    result        as the predictor gives it
    alternatives  at each step of each output the likeliest tokens, to go on from there otherwise
    tree          all that the beam kept and the best of what it gave up

Works for any stepper. All of it is told by the search that found the result, except for the
alternatives, for which the outputs are led through the model once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.predict.alternatives import Steps
from seqloom.predict.alternatives import alternatives as alternatives_of
from seqloom.predict.codecs import Codecs
from seqloom.predict.predictor import Constraints, Predictor
from seqloom.predict.result import Result
from seqloom.predict.tree import MAX_NODES, Tree, tree_of
from seqloom.search.record import Record
from seqloom.search.stepper import Stepper


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer and how it came about; alternatives[o][t] belong to step t of output o."""

    result: Result
    alternatives: tuple[Steps, ...]
    tree: Tree

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "result": self.result.to_dict(),
            "alternatives": [
                [[each.to_dict() for each in step] for step in steps] for steps in self.alternatives
            ],
            "tree": self.tree.to_dict(),
        }


def trace(
    codec: Codecs,
    stepper: Stepper[Any],
    settings: Search,
    example: Example,
    *,
    prefix: str = "",
    prefix_tokens: Sequence[str] | None = None,
    constraints: Constraints = (),
    alternatives: int = 5,
    max_nodes: int = MAX_NODES,
) -> Trace:
    """The answer to one source with its search.

    alternatives  tokens named at each step, besides the one that was taken
    max_nodes     of the tree; the paths of the outputs are there in any case
    """
    if alternatives < 0:
        raise UserError(f"alternatives must be at least 0, but is {alternatives}. Leave it out.")
    record = Record()
    recorded = Predictor(codec, stepper, settings).predict_recorded(
        example, record, prefix=prefix, prefix_tokens=prefix_tokens, constraints=constraints
    )
    written = [recorded.hypotheses[h] for h in recorded.behind]
    if not written:
        return Trace(recorded.result, tuple(() for _ in recorded.result.outputs), Tree())
    source = recorded.source
    shown = partial(codec.target.tokens, open=source.open)
    return Trace(
        recorded.result,
        alternatives_of(stepper, codec.target, source, written, alternatives),
        tree_of(record.nodes, recorded.hypotheses, recorded.behind, shown, max_nodes),
    )
