"""What a prediction is: for each source its hypotheses, best first, as text with scores."""

from dataclasses import dataclass, field

from seqloom.search.stepper import Reals


@dataclass(frozen=True, slots=True)
class Output:
    """One hypothesis as text.

    text             the output as a user reads it
    tokens           its tokens, '<eos>' last if it finished
    token_log_probs  natural log probability of each of `tokens`
    score            what the search ranked by; for minimum Bayes risk the expected utility, 0 to 1
    attention        [tokens, source tokens] each row a distribution; None without attention
    origin           where it came from: 'beam', 'group 2', 'sample 17'; empty for an empty source
    """

    text: str
    tokens: tuple[str, ...]
    token_log_probs: tuple[float, ...]
    score: float
    attention: Reals | None
    finished: bool
    origin: str = ""

    @property
    def log_prob(self) -> float:
        """log p(output | source), end of sequence counted if finished."""
        return sum(self.token_log_probs, 0.0)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything found for one source.

    source         the text that was given
    source_tokens  what the model read: features first, then the tokens, '<eos>' last
    outputs        best first; for an empty source one empty output
    unknown        characters or tokens of the source never seen in training, read as <unk>
    """

    source: str
    source_tokens: tuple[str, ...]
    outputs: tuple[Output, ...]
    unknown: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The best output."""
        return self.outputs[0].text
