"""The outcome of an evaluation, for a reader and for a script."""

import math
from dataclasses import dataclass

from seqloom.errors import UserError, suggestion
from seqloom.metrics.bootstrap import CONFIDENCE

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Score:
    """One metric. `low` and `high` bound the bootstrap interval; None if none was drawn.

    unit       '%', 'points' (of 100) or '' for a plain number
    signature  how BLEU and chrF were counted, in sacreBLEU's words; else empty
    """

    name: str
    value: float
    low: float | None
    high: float | None
    unit: str
    description: str
    signature: str = ""

    def to_dict(self) -> Json:
        return {
            "value": _number(self.value),
            "low": _number(self.low),
            "high": _number(self.high),
            "unit": self.unit,
            "description": self.description,
            "signature": self.signature,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The scores in the order they were asked for, and what their intervals were drawn from."""

    scores: tuple[Score, ...]
    items: int
    bootstrap: int
    seed: int

    def __getitem__(self, name: str) -> Score:
        by_name = {score.name: score for score in self.scores}
        if name not in by_name:
            raise UserError(f"No score '{name}' in this report. {suggestion(name, by_name)}")
        return by_name[name]

    def to_dict(self) -> Json:
        """For JSON; what is infinite becomes null, which JSON cannot say otherwise."""
        return {
            "items": self.items,
            "bootstrap": self.bootstrap,
            "seed": self.seed,
            "confidence": CONFIDENCE,
            "scores": {score.name: score.to_dict() for score in self.scores},
        }

    def table(self) -> str:
        """Plain text: a line per metric, then the signatures."""
        head = ("metric", "value", f"{CONFIDENCE:.0%} interval" if self.bootstrap else "", "")
        rows = [head, *map(_cells, self.scores)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [_line(row, widths) for row in rows]
        signed = [f"{score.name}: {score.signature}" for score in self.scores if score.signature]
        return "\n".join([*lines, f"{self.items:,} items", *signed])

    def __str__(self) -> str:
        return self.table()


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _cells(score: Score) -> tuple[str, ...]:
    missing = score.low is None or score.high is None
    interval = "" if missing else f"{score.low:.2f} to {score.high:.2f}"
    meaning = f"{score.unit}, {score.description}" if score.unit else score.description
    return score.name, f"{score.value:.2f}", interval, meaning


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, value, interval, meaning = row
    cells = [name.ljust(widths[0]), value.rjust(widths[1]), interval.ljust(widths[2]), meaning]
    return "  ".join(cells).rstrip()
