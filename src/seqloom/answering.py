"""What can answer, whatever it is made of: a run with its torch model, an exported one with its graphs,
several of them as one (ensemble.py). And what it thinks of answers that are given.

    log p(y | x) = sum_t log p(y_t | y_1 .. y_{t-1}, x)        y ends with <eos>
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from seqloom.config import Recipe
from seqloom.data.batching import Batch, pad, together
from seqloom.data.example import Example
from seqloom.errors import SourceTooLong, UserError
from seqloom.search.stepper import Reals, Stepper
from seqloom.text.pair import PairCodec


class Answering(Protocol):
    """A model with what it needs to read and write text."""

    @property
    def recipe(self) -> Recipe: ...
    @property
    def codec(self) -> PairCodec: ...
    def stepper(self) -> Stepper[Any]: ...
    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T]; 0 on padding."""
        ...


@dataclass(frozen=True, slots=True)
class PairScore:
    """log p(target | source) in nats, <eos> counted: its sum and its parts, one for each token."""

    log_prob: float
    tokens: tuple[str, ...]
    token_log_probs: tuple[float, ...]


def scores_of(model: Answering, pairs: Sequence[tuple[Example, str]]) -> list[PairScore]:
    """All pairs as one batch. Raises UserError, naming the line, for a source that is too long."""
    codec = model.codec
    sources = [codec.read(example.source, example.features, example.frames) for example, _ in pairs]
    source, source_lengths = together([source.ids for source in sources])
    targets = [
        codec.target.encode(target, open=source.open)
        for (_, target), source in zip(pairs, sources, strict=True)
    ]
    target, target_lengths = pad(targets)
    batch = Batch(source, source_lengths, target, target_lengths, source_lengths)
    try:
        table = model.score(batch)
    except SourceTooLong as error:
        longest, _ = pairs[int(source_lengths.argmax())]
        where = f"{longest.origin}: " if longest.origin else ""
        raise UserError(f"{where}{error}") from error
    return [
        PairScore(
            float(row[: len(ids)].sum(dtype=float)),
            codec.target.tokens(ids, source.open),
            tuple(row[: len(ids)].tolist()),
        )
        for row, ids, source in zip(table, targets, sources, strict=True)
    ]
