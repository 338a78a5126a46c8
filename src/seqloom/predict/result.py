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
    origin           where it came from: 'beam', 'group 2', 'sample 17', and what else had a say, such
                     as 'beam, 2 models' (search/origin.py); empty for an empty source
    ids              what the model wrote, <eos> last if it finished; `tokens` before any <unk> was
                     replaced
    """

    text: str
    tokens: tuple[str, ...]
    token_log_probs: tuple[float, ...]
    score: float
    attention: Reals | None
    finished: bool
    origin: str = ""
    ids: tuple[int, ...] = ()

    @property
    def log_prob(self) -> float:
        """log p(output | source), end of sequence counted if finished."""
        return sum(self.token_log_probs, 0.0)

    def to_dict(self, *, attention: bool = True) -> dict[str, object]:
        """For JSON: numbers rounded to what a reader can use; the attention is None if not wanted."""
        weights = None
        if attention and self.attention is not None:
            rows: list[list[float]] = self.attention.tolist()
            weights = [[round(weight, 4) for weight in row] for row in rows]
        return {
            "text": self.text,
            "tokens": list(self.tokens),
            "token_log_probs": [round(float(value), 6) for value in self.token_log_probs],
            "log_prob": round(self.log_prob, 6),
            "score": round(self.score, 6),
            "finished": self.finished,
            "origin": self.origin,
            "attention": weights,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """Everything found for one source.

    source         the text that was given, or the name of a real-valued source
    source_tokens  what the model read: features first, then the tokens, '<eos>' last; of a real-valued
                   source for each position of the encoder the time or the frames that it stands for
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

    def to_dict(self, *, attention: bool = True) -> dict[str, object]:
        """For JSON."""
        return {
            "source": self.source,
            "source_tokens": list(self.source_tokens),
            "unknown": list(self.unknown),
            "outputs": [output.to_dict(attention=attention) for output in self.outputs],
        }
