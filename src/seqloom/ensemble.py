"""Several models that answer as one (search/ensemble.py): their probabilities are averaged.

    p(y_t | y_1 .. y_{t-1}, x) = 1/M sum_m p_m(y_t | y_1 .. y_{t-1}, x)         M members

They may be of any architecture, trained here or exported, if all read and write the same tokens.
"""

from collections.abc import Sequence
from typing import NamedTuple

from seqloom.answering import Answering
from seqloom.config import Recipe
from seqloom.data.batching import Batch
from seqloom.errors import UserError
from seqloom.search import EnsembleStepper, Reals, log_mean
from seqloom.text.codec import Codec
from seqloom.text.pair import PairCodec


class Member(NamedTuple):
    """A model, and what messages call it."""

    name: str
    model: Answering


class Ensemble:
    """Answers with all its members, in the way that the recipe of the first says.

    Raises UserError if one of them reads or writes other tokens.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        if not members:
            raise UserError("An ensemble needs at least one model, but none was given. Name some.")
        for member in members[1:]:
            _check_alike(members[0], member)
        self._models = [member.model for member in members]

    @property
    def recipe(self) -> Recipe:
        return self._models[0].recipe

    @property
    def codec(self) -> PairCodec:
        return self._models[0].codec

    def stepper(self) -> EnsembleStepper:
        """The members as search sees them."""
        return EnsembleStepper([model.stepper() for model in self._models])

    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T]; 0 on padding."""
        return log_mean([model.score(batch) for model in self._models])


def _check_alike(first: Member, other: Member) -> None:
    mine, its = first.model.codec, other.model.codec
    if mine.copying != its.copying:
        copies, writes = (first, other) if mine.copying else (other, first)
        raise UserError(
            f"The models of an ensemble must all copy source words or none of them, but "
            f"{copies.name} copies and {writes.name} does not. Leave one out."
        )
    if mine.series != its.series:
        raise UserError(
            f"The models of an ensemble must read the same sources, but {other.name} reads other "
            f"features than {first.name}, or scales or joins them otherwise. Leave it out, or train "
            "both on the same data with the same source settings and encoder.pyramid."
        )
    for side, known, found in (
        ("source", mine.source, its.source),
        ("target", mine.target, its.target),
    ):
        if difference := _difference(known, found):
            raise UserError(
                f"The models of an ensemble must have one {side} vocabulary, but {other.name} has "
                f"{difference} than {first.name}. Leave it out, or train it on the same data with "
                f"the same {side} settings and dev set."
            )


def _difference(known: Codec, found: Codec) -> str:
    """What is other about the codec that was found; empty if nothing is."""
    if known.size != found.size:
        return f"other tokens ({found.size:,} instead of {known.size:,})"
    if known.vocabulary != found.vocabulary:
        return "other tokens"
    return "other settings" if known.settings != found.settings else ""
