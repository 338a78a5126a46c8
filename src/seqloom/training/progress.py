"""Where a run stands: all that the loop must remember besides tensors, as plain numbers."""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from seqloom.training.optimizer import Plateau


@dataclass
class Progress:
    """Counters of a run; `epoch` and `batch` say which batch comes next.

    best_score is what the best checkpoint is chosen by, lower being better (scores that rise are
    negated); nll and tokens add up the training loss since the last validation.
    """

    update: int = 0
    epoch: int = 0
    batch: int = 0
    validations: int = 0
    validated_at: int = 0
    since_best: int = 0
    best_score: float = math.inf
    best_update: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Processor time of all threads: unlike `seconds`, next to nothing of other programs is in it."""
    nll: float = 0.0
    tokens: int = 0
    finished: str = ""
    """Why training ended; empty while it goes on."""
    complete: bool = False
    """True once the final weights are in place, which is some time after training ended."""
    plateau: Plateau = field(default_factory=Plateau)
    kept: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """(score, update) of the validations whose weights are kept for averaging."""

    @contextmanager
    def clocked(self) -> Generator[None]:
        """Adds to both counts of seconds what the block takes."""
        began, used = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - began
        self.cpu_seconds += time.process_time() - used

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Progress":
        plateau = Plateau(**values.pop("plateau"))
        kept = [(float(score), int(update)) for score, update in values.pop("kept")]
        return cls(**values, plateau=plateau, kept=kept)
