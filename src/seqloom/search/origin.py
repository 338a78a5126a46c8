"""Where a hypothesis came from, in the words that results show.

    beam, group 2, sample 17     what found it, counted from 1: the beam, one of its groups, a draw
    given                        nothing did: it was scored as it is (forced)

What else had a say follows after commas, in this order:

    2 models                     their probabilities were averaged
    constrained                  phrases of its source had to appear
    no repeats of 3              no run of three tokens might come twice
    after a prefix               its beginning was given

So 'beam' alone is one model's plain beam search, greedy search included.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from seqloom.config.search import Search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import Stepper


@runtime_checkable
class Several(Protocol):
    """A stepper that averages over so many models."""

    num_models: int


def num_models(stepper: Stepper[Any]) -> int:
    """How many answer as one."""
    return stepper.num_models if isinstance(stepper, Several) else 1


def told(
    found: Sequence[list[Hypothesis]],
    stepper: Stepper[Any],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None,
    constraints: Sequence[Sequence[Sequence[int]]] | None,
) -> list[list[Hypothesis]]:
    """What was found for each source, its origin followed by all else that had a say."""
    whole: list[list[Hypothesis]] = []
    for number, hypotheses in enumerate(found):
        led = prefixes is not None and len(prefixes[number]) > 0
        constrained = constraints is not None and any(map(len, constraints[number]))
        more = [*_more(stepper, settings, constrained, led)]
        whole.append([_with(hypothesis, more) for hypothesis in hypotheses])
    return whole


def _more(stepper: Stepper[Any], settings: Search, constrained: bool, led: bool) -> Iterator[str]:
    if (models := num_models(stepper)) > 1:
        yield f"{models} models"
    if constrained:
        yield "constrained"
    if settings.no_repeat_ngram:
        yield f"no repeats of {settings.no_repeat_ngram}"
    if led:
        yield "after a prefix"


def _with(hypothesis: Hypothesis, more: Sequence[str]) -> Hypothesis:
    if not more:
        return hypothesis
    return replace(hypothesis, origin=", ".join([hypothesis.origin, *more]))
