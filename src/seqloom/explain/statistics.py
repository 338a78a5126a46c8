"""What an attention matrix comes to in a few figures.

    entropy_t     - sum_j a_tj ln a_tj            0 looks at one token, ln S at all alike; in nats
    coverage_j    sum_t a_tj                      how much of the output looked at source token j
    monotonicity  share of the steps, from the second on, whose peak does not stand before that of the
                  step before; 1 for an output that follows its source
    on_end        mean over the steps of a_t<eos>

Peaks are looked for among the tokens of the text: features and <eos> are no places to go to, nor is the
step that writes <eos> one that goes. With fewer than two such steps nothing goes back: monotonicity is 1.

Sizes: T output tokens, S source tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqloom.predict.alignment import without_eos
from seqloom.predict.result import Output
from seqloom.search.stepper import Reals


@dataclass(frozen=True, slots=True)
class Statistics:
    """entropy [T], coverage [S], and two shares between 0 and 1."""

    entropy: tuple[float, ...]
    coverage: tuple[float, ...]
    monotonicity: float
    on_end: float

    def __str__(self) -> str:
        mean = sum(self.entropy) / max(len(self.entropy), 1)
        return (
            f"entropy {mean:.2f} nats a step, monotone {self.monotonicity:.0%}, "
            f"on <eos> {self.on_end:.0%}"
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "entropy": [round(value, 4) for value in self.entropy],
            "coverage": [round(value, 4) for value in self.coverage],
            "monotonicity": round(self.monotonicity, 4),
            "on_eos": round(self.on_end, 4),
        }


def statistics(
    source_tokens: Sequence[str], output: Output, num_features: int = 0
) -> Statistics | None:
    """Of one output; None without attention or without tokens."""
    weights = output.attention
    if weights is None or not weights.size:
        return None
    num_text = len(without_eos(source_tokens))
    written = weights[: len(without_eos(output.tokens)), num_features:num_text]
    return Statistics(
        entropy=tuple(_entropy(weights).tolist()),
        coverage=tuple(weights.sum(axis=0).tolist()),
        monotonicity=_monotonicity(written),
        on_end=float(weights[:, num_text:].sum(axis=1).mean()),
    )


def _entropy(weights: Reals) -> Reals:
    logs = np.log(np.where(weights > 0, weights, 1.0))
    return np.maximum(-(weights * logs).sum(axis=1), 0.0)


def _monotonicity(weights: Reals) -> float:
    if weights.shape[0] < 2 or not weights.shape[1]:
        return 1.0
    return float((np.diff(weights.argmax(axis=1)) >= 0).mean())
