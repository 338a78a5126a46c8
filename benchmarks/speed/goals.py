"""What was to be reached, in `pron` and in `mt`: ratios to the best peer if nothing else is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """What has to be reached in `pron` and in `mt`.

    at_least  whether a figure has to be so high, rather than so low
    """

    pron: float
    mt: float
    at_least: bool = True

    def of(self, workload: str) -> float:
        return self.pron if workload == "pron" else self.mt

    def met(self, workload: str, value: float) -> bool:
        goal = self.of(workload)
        return value >= goal if self.at_least else value <= goal

    def shown(self, workload: str, form: str, unit: str) -> str:
        return f"{'>=' if self.at_least else '<='} {self.of(workload):{form}}{unit}"


TRAINING = Goal(1.3, 1.15)
PEAK = Goal(0.75, 0.70)
PEAK_PLAIN = Goal(0.80, 0.80)
"""Fractions of the large matrix product, with and without input feeding."""
SINGLE = Goal(10.0, 5.0)
SINGLE_TRANSFORMER = Goal(3.0, 3.0)
BATCH = Goal(2.4, 1.6)
BEAM = Goal(1.5, 1.3)
START = Goal(0.7, 1.0, at_least=False)
MEMORY = Goal(150.0, 220.0, at_least=False)
"""Seconds to the first answer, and MB."""
SIZE = Goal(0.3, 0.3, at_least=False)
"""Of an export in 8 bits, against 32."""
LOSS = Goal(0.3, 0.2, at_least=False)
"""Points that the word error rate may rise by, and that BLEU may fall by, in 8 bits."""
MINUTES = 1 / 3
"""Of the best peer's time to its own lowest word error rate."""
