"""What a classifier says of a document, and what it leaned on.

A piece is a unit as it was typed, a blank before it included: written one after the other, the pieces
are the sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from seqloom.search.stepper import Reals


class WeighedSentence(NamedTuple):
    """Pieces and the weight of each in the sentence, and the weight of the sentence in the document."""

    pieces: tuple[str, ...]
    weights: tuple[float, ...]
    weight: float

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "text": self.text,
            "weight": self.weight,
            "words": list(map(str.strip, self.pieces)),
            "weights": list(self.weights),
        }


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """The labels given (one, or any number), the probability of every label, and the sentences."""

    labels: tuple[str, ...]
    probabilities: dict[str, float]
    sentences: tuple[WeighedSentence, ...]
    notes: tuple[str, ...] = ()
    """What the reader should know, such as that sentences were left out."""

    def shades(self) -> list[list[float]]:
        """How much each word counts in the whole document, the strongest 1: the square root of its
        sentence's weight times its own (Yang 2016, figures 5 and 6), over the largest of these."""
        raw = [
            [sentence.weight**0.5 * weight for weight in sentence.weights]
            for sentence in self.sentences
        ]
        most = max((shade for row in raw for shade in row), default=0.0) or 1.0
        return [[shade / most for shade in row] for row in raw]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "labels": list(self.labels),
            "probabilities": self.probabilities,
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "notes": list(self.notes),
        }


def weighed(
    sentences: Sequence[Sequence[str]], words: Reals, of_sentences: Reals
) -> tuple[WeighedSentence, ...]:
    """The pieces of each sentence with the weights [L, T] of its words and [L] of the sentences.

    A model that read the document as one sentence has one row of weights: a sentence then weighs what
    its words weigh together, and they share that.
    """
    if len(sentences) > 1 and len(words) == 1:
        ends = list(accumulate(map(len, sentences), initial=0))
        spans = [words[0, start:stop] for start, stop in pairwise(ends)]
        return tuple(
            _weighed(pieces, span / (float(span.sum()) or 1.0), float(span.sum()))
            for pieces, span in zip(sentences, spans, strict=True)
        )
    return tuple(
        _weighed(pieces, words[row, : len(pieces)], float(of_sentences[row]))
        for row, pieces in enumerate(sentences)
    )


def _weighed(pieces: Sequence[str], weights: Reals, weight: float) -> WeighedSentence:
    return WeighedSentence(tuple(pieces), tuple(map(float, weights)), weight)
