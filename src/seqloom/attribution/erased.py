"""Sources with some of their tokens erased, and what the model then thinks of an output.

unk      an erased token is read as <unk>; all others stay where they are
remove   an erased token is not there; those behind it move up

<eos> is never erased. `Erasable` is whatever has parts that can be: for a document and its label it stands
in documents.py. What a model could have copied from an erased token it can no longer copy: the
logarithm of a probability that is then zero counts as FLOOR.

Sizes: R sources, T output tokens, S source tokens.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

from seqloom.data.batching import Batch, pad
from seqloom.search.stepper import Reals
from seqloom.symbols import UNK

Erasing = Literal["unk", "remove"]
Score = Callable[[Batch], Reals]
"""log p of every target token of a batch, [B, T]."""
FLOOR = -50.0
"""In nats, for a single token."""
_TOGETHER = 64
"""Sources scored at once."""


class Asked(NamedTuple):
    """A source as the model reads it, <eos> last, and an output of it."""

    source: Sequence[int]
    target: Sequence[int]


class Erasable(Protocol):
    """A source of which parts can be erased, and what is then thought of one output of it.

    num_parts     all parts, S
    num_erasable  the first so many can be erased
    """

    @property
    def num_parts(self) -> int: ...
    @property
    def num_erasable(self) -> int: ...
    @property
    def erasing(self) -> Erasing: ...
    def log_probs(self, erased: Sequence[Collection[int]]) -> Reals:
        """log p of each of T outputs once these parts are erased, [R, T]."""
        ...


@dataclass(frozen=True, slots=True)
class ErasablePair:
    """The tokens of a source, and an output of it."""

    score: Score
    asked: Asked
    erasing: Erasing = "unk"

    @property
    def num_parts(self) -> int:
        return len(self.asked.source)

    @property
    def num_erasable(self) -> int:
        """All but <eos>."""
        return self.num_parts - 1

    def log_probs(self, erased: Sequence[Collection[int]]) -> Reals:
        sources = [without(self.asked.source, places, self.erasing) for places in erased]
        return log_probs(self.score, self.asked, sources)


def without(source: Sequence[int], places: Collection[int], erasing: Erasing) -> list[int]:
    """The source with the tokens at these places erased."""
    match erasing:
        case "unk":
            return [UNK if place in places else id for place, id in enumerate(source)]
        case "remove":
            return [id for place, id in enumerate(source) if place not in places]


def log_probs(
    score: Score, asked: Asked, sources: Sequence[Sequence[int]], together: int = _TOGETHER
) -> Reals:
    """log p of each token of the one output given each of the sources, [R, T]."""
    found: list[Reals] = []
    for start in range(0, len(sources), together):
        # The whole source comes along: it says which units a copying model has names for.
        rows = [asked.source, *sources[start : start + together]]
        source, lengths = pad(rows)
        target, target_lengths = pad([asked.target] * len(rows))
        batch = Batch(source, lengths, target, target_lengths, np.arange(len(rows)))
        found.append(np.maximum(score(batch)[1:], FLOOR))
    empty = np.zeros((0, len(asked.target)), dtype=np.float32)
    return np.concatenate([empty, *found]).astype(np.float32)
