"""Several models that answer as one (search/ensemble.py): their probabilities are averaged.

    p(y_t | y_1 .. y_{t-1}, x) = 1/M sum_m p_m(y_t | y_1 .. y_{t-1}, x)         M members

They may be of any architecture, trained here or exported, if all read and write the same tokens. Where
some copy source words and others do not, a word that only a copy can write has no probability with those
others, so its mean is smaller; and they read it as <unk> (search/plain.py).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from seqloom.answering import Answering
from seqloom.config import Recipe
from seqloom.data.batching import Batch
from seqloom.errors import UserError
from seqloom.search import EnsembleStepper, Reals, Stepper, log_mean
from seqloom.search.plain import PlainStepper, known_or_unknown
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
        models = [member.model for member in members]
        self._recipe = models[0].recipe
        copying = [model.codec for model in models if model.codec.copying]
        self._codec = copying[0] if copying else models[0].codec
        self._members = [
            _Plain(model) if copying and not model.codec.copying else model for model in models
        ]

    @property
    def recipe(self) -> Recipe:
        return self._recipe

    @property
    def codec(self) -> PairCodec:
        """With copies, if any of the members can copy."""
        return self._codec

    def stepper(self) -> EnsembleStepper:
        """The members as search sees them."""
        return EnsembleStepper([member.stepper() for member in self._members])

    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T]; 0 on padding."""
        return log_mean([member.score(batch) for member in self._members])


class _Plain:
    """A member that does not copy, beside one that does."""

    def __init__(self, model: Answering) -> None:
        self._model = model
        self._source_size = model.codec.source.size
        self._target_size = model.codec.target.size

    def stepper(self) -> Stepper[Any]:
        return PlainStepper(self._model.stepper(), self._source_size)

    def score(self, batch: Batch) -> Reals:
        """log p of every target token [B, T]; 0 on padding, -inf for what only a copy can write."""
        plain = replace(
            batch,
            source=batch.source % self._source_size,
            target=known_or_unknown(batch.target, self._target_size),
        )
        written = batch.target < self._target_size
        return np.where(written, self._model.score(plain), np.float32(-np.inf))


def _check_alike(first: Member, other: Member) -> None:
    mine, its = first.model.codec, other.model.codec
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
