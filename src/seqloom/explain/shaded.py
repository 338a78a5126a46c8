"""A document as every picture of it needs it: how strong each word is, and a bar for each sentence.

By attention a word is as strong as the root of its sentence's weight times its own, over the largest of
these (Yang 2016, figures 5 and 6), and a bar as long as its sentence's weight. By another method both are
shares of the largest figure of their kind; below 0 they speak against the label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

import numpy as np

from seqloom.predict.document import DocumentResult
from seqloom.search.stepper import Reals


class ShadedSentence(NamedTuple):
    """shades and bar from -1 to 1; told and figure, what stands behind them, as text."""

    pieces: tuple[str, ...]
    shades: tuple[float, ...]
    told: tuple[str, ...]
    bar: float
    figure: str

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


@dataclass(frozen=True, slots=True)
class ShadedDocument:
    """heading   the labels given
    title        what is shown; attention, if it is empty
    signed       whether there may be figures below 0
    of_word, of_sentence  what the figures are
    notes        what a reader must know to read the picture
    """

    heading: str
    sentences: tuple[ShadedSentence, ...]
    title: str = ""
    signed: bool = False
    of_word: str = "weight in its sentence"
    of_sentence: str = "weight of the sentence"
    notes: tuple[str, ...] = ()


class Figures(Protocol):
    """Figures [1, S] of all words or of all sentences for one label."""

    @property
    def weights(self) -> Reals: ...


def by_attention(result: DocumentResult, notes: Sequence[str] = ()) -> ShadedDocument:
    """notes: besides those of the answer."""
    sentences = (
        ShadedSentence(
            sentence.pieces,
            tuple(shades),
            tuple(f"{weight:.2f}" for weight in sentence.weights),
            sentence.weight,
            f"{sentence.weight:.2f}",
        )
        for sentence, shades in zip(result.sentences, result.shades(), strict=True)
    )
    return ShadedDocument(answer(result), tuple(sentences), notes=(*result.notes, *notes))


def by_figures(
    result: DocumentResult,
    words: Figures,
    sentences: Figures,
    *,
    title: str,
    unit: str,
    signed: bool,
    notes: Sequence[str] = (),
) -> ShadedDocument:
    """Of a method whose figures may be of any size."""
    own, whole = words.weights[0], sentences.weights[0]
    shades, bars = own / _largest(own), whole / _largest(whole)
    told = [_told(figure, signed) for figure in own.tolist()]
    figures = [_told(figure, signed) for figure in whole.tolist()]
    shaded = tuple(
        ShadedSentence(
            sentence.pieces,
            tuple(shades[start:end].tolist()),
            tuple(told[start:end]),
            float(bars[number]),
            figures[number],
        )
        for number, (sentence, (start, end)) in enumerate(
            zip(result.sentences, _spans(result), strict=True)
        )
    )
    return ShadedDocument(
        answer(result),
        shaded,
        title,
        signed,
        f"figure of the word ({unit})",
        f"figure of the sentence ({unit})",
        (*result.notes, *notes),
    )


def answer(result: DocumentResult) -> str:
    """The labels given, and the three most probable with their probabilities."""
    best = sorted(result.probabilities.items(), key=lambda item: (-item[1], item[0]))[:3]
    told = ", ".join(f"{name} {share:.3f}" for name, share in best)
    return f"{', '.join(result.labels) or '(no label)'}   ({told})"


def _spans(result: DocumentResult) -> Iterator[tuple[int, int]]:
    """Where the words of each sentence begin and end among all."""
    return pairwise(accumulate((len(each.pieces) for each in result.sentences), initial=0))


def _largest(figures: Reals) -> float:
    return float(np.abs(figures).max(initial=0.0)) or 1.0


def _told(figure: float, signed: bool) -> str:
    if figure and abs(figure) < 0.005:
        return f"{figure:+.0e}" if signed else f"{figure:.0e}"
    return f"{figure:+.2f}" if signed else f"{figure:.2f}"
