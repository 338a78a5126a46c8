"""One output that search found, with the account of how it came about."""

from dataclasses import dataclass

from seqloom.search.stepper import Reals


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An output sequence and its scores; probabilities are natural logs.

    tokens           ids without <eos>
    token_log_probs  log p of each token, <eos> last if the hypothesis is finished
    score            what the search ranks by: log_prob after length and coverage penalty
    weights          [steps, S] attention paid at each step, the step of <eos> included; None if
                     the model has no attention
    finished         True if it ended with <eos> rather than at the length limit
    origin           where it came from: 'beam', 'group 2', 'sample 17', each counted from 1, or
                     'given'; what else had a say follows: 'beam, 2 models', 'beam, constrained',
                     'beam, no repeats of 3', 'beam, after a prefix' (search/origin.py)
    """

    tokens: tuple[int, ...]
    token_log_probs: tuple[float, ...]
    score: float
    weights: Reals | None
    finished: bool
    origin: str = ""

    @property
    def log_prob(self) -> float:
        """log p(output | source), <eos> counted if finished."""
        return sum(self.token_log_probs, 0.0)
