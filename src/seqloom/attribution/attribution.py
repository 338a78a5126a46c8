"""One output laid against its source: a figure for each pair of tokens.

attention      a_tj, what the step looked at                                     a distribution
gradient       x_j . d log p(y_t) / d x_j                                        signed, in nats
integrated     the same, along the way from <unk> to x_j (integrated.py)         signed, in nats
gradient-norm  || d log p(y_t) / d x_j ||, how much a small change matters       at least 0
occlusion      log p(y_t) - log p(y_t without x_j)                               signed, in nats

y_t is an output token given those before it, x_j the embedding of a source token.

Sizes: T output tokens, S source tokens.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from seqloom.attribution.faithfulness import Faithfulness
from seqloom.search.stepper import Reals

Method = Literal["attention", "gradient", "integrated", "gradient-norm", "occlusion"]


class Nature(NamedTuple):
    """What the figures of a method are.

    unit      as a scale shows it
    added     shares of log p, which may be negative and add up over output tokens
    torch     whether the model itself is asked, and not only its scores
    """

    title: str
    unit: str
    added: bool
    torch: bool


METHODS: dict[Method, Nature] = {
    "attention": Nature("Attention", "weight", False, False),
    "gradient": Nature("Gradient × input", "nats", True, True),
    "integrated": Nature("Integrated gradients", "nats", True, True),
    "gradient-norm": Nature("Gradient norm", "nats per unit", False, True),
    "occlusion": Nature("Occlusion", "nats", True, False),
}
assert set(METHODS) == set(get_args(Method))


@dataclass(frozen=True, slots=True)
class Attribution:
    """weights [T, S], and how well they foretell what erasing source tokens does; None where that
    was not asked.

    notes  what the figures stand on: the baseline, what was erased, the gap of an integral
    """

    method: Method
    source_tokens: tuple[str, ...]
    target_tokens: tuple[str, ...]
    weights: Reals
    faithfulness: Faithfulness | None = None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return METHODS[self.method].title

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        rows: list[list[float]] = self.weights.tolist()
        return {
            "method": self.method,
            "source_tokens": list(self.source_tokens),
            "target_tokens": list(self.target_tokens),
            "weights": [[round(weight, 6) for weight in row] for row in rows],
            "faithfulness": self.faithfulness.to_dict() if self.faithfulness else None,
            "notes": list(self.notes),
        }
