"""Do the graphs say what the model says, and the kernel what the graphs say?

Every question is asked twice of each: by greedy search, which is one call of one graph, and by the
recipe's own search, which goes through the steps. Outputs must have the same tokens, and scores that
differ by 1e-4 at most.

Two outputs may be equally likely to the last digits that 32 bits have; then rounding decides. Such a
tie is not a difference: the scores agree, or the two tokens that part them do.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.predict import Output, Predictor, Result
from seqloom.search.stepper import Candidates, Ids, Stepper
from seqloom.text.pair import PairCodec

TOLERANCE = 1e-4


class Parity(NamedTuple):
    """How near the graphs came: `largest` is the largest difference of two scores."""

    ties: int
    largest: float


class StepByStep:
    """A stepper without the greedy search of its own, so that its steps are asked."""

    def __init__(self, stepper: Stepper[Any]) -> None:
        self.vocabulary_size = stepper.vocabulary_size
        self._stepper = stepper

    def start(self, sources: Sequence[Sequence[int]]) -> Any:
        return self._stepper.start(sources)

    def step(
        self, state: Any, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, Any]:
        return self._stepper.step(state, tokens, k, wanted)

    def select(self, state: Any, sources: Ids, parents: Ids) -> Any:
        return self._stepper.select(state, sources, parents)


def answers(
    codec: PairCodec, stepper: Stepper[Any], settings: Search, questions: Sequence[Example]
) -> list[Result]:
    return list(Predictor(codec, stepper, settings).predict(questions))


def check_parity(
    codec: PairCodec,
    model: Stepper[Any],
    graphs: Stepper[Any],
    settings: Search,
    questions: Sequence[Example],
    who: tuple[str, str] = ("the model", "the graphs"),
) -> Parity:
    """Raises UserError that names the first difference; `who` is asked first and second."""
    plain = settings.model_copy(update={"sample": False, "mbr": "none"})
    greedy = Search(
        max_length=settings.max_length,
        max_ratio=settings.max_ratio,
        min_length=settings.min_length,
        batch_size=settings.batch_size,
    )
    steps = graphs if hasattr(graphs, "beam") else StepByStep(graphs)
    parities = [
        _compared(
            answers(codec, model, how, questions),
            answers(codec, asked, how, questions),
            questions,
            who,
        )
        for how, asked in ((greedy, graphs), (plain, steps))
    ]
    return Parity(max(p.ties for p in parities), max(p.largest for p in parities))


def same_share(one: Sequence[Result], other: Sequence[Result]) -> float:
    """The share of questions with the same best output."""
    same = sum(a.text == b.text for a, b in zip(one, other, strict=True))
    return same / max(1, len(one))


def _compared(
    expected: Sequence[Result],
    found: Sequence[Result],
    questions: Sequence[Example],
    who: tuple[str, str],
) -> Parity:
    ties, largest = 0, 0.0
    for question, ours, theirs in zip(questions, expected, found, strict=True):
        one, other = ours.outputs[0], theirs.outputs[0]
        apart = abs(one.score - other.score)
        if one.tokens == other.tokens and apart <= TOLERANCE:
            largest = max(largest, apart)
        elif _tie(one, other):
            ties += 1
        else:
            raise _difference(question, one, other, who)
    return Parity(ties, largest)


def _tie(one: Output, other: Output) -> bool:
    if one.tokens == other.tokens:
        return False
    if abs(one.score - other.score) <= TOLERANCE:
        return True
    both = zip(one.tokens, other.tokens, one.token_log_probs, other.token_log_probs, strict=False)
    for ours, theirs, p, q in both:
        if ours != theirs or abs(p - q) > TOLERANCE:
            return ours != theirs and abs(p - q) <= TOLERANCE
    return False


def _difference(question: Example, one: Output, other: Output, who: tuple[str, str]) -> UserError:
    first, second = who
    where = f"{question.origin}: " if question.origin else ""
    return UserError(
        f"{where}{second} and {first} do not say the same, so nothing was exported: of "
        f"{question.source!r} {first} made {one.text!r} with score {one.score:.6f}, and "
        f"{second} {other.text!r} with {other.score:.6f}. This is a fault in the export: please report "
        "it."
    )
