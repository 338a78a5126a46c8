"""Look for outputs, in the way the settings say."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.search.beam import beam_search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.origin import told
from seqloom.search.record import Record
from seqloom.search.sample import sample
from seqloom.search.stepper import State, Stepper


@runtime_checkable
class GreedyStepper(Protocol):
    """A stepper that can go through greedy search by itself, faster than step by step."""

    def greedy(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        """What beam search of width 1 finds; None where the settings ask for more than that."""
        ...


@runtime_checkable
class BeamStepper(Protocol):
    """A stepper that can go through beam search by itself, faster than step by step."""

    def beam(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        """What beam search finds; None where the settings ask for more than the stepper knows."""
        ...


def search(
    stepper: Stepper[State],
    sources: Sequence[Sequence[int]],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None = None,
    constraints: Sequence[Sequence[Sequence[int]]] | None = None,
    record: Record | None = None,
) -> list[list[Hypothesis]]:
    """The `nbest` outputs of each source (token ids, <eos> included), best first.

    All sources are decoded together, as one batch; the result for each depends on it alone. An
    output must begin with the prefix of its source, the log probability of which counts; if the
    prefix ends with <eos> it is the whole output, and this is how a given output is scored. And it
    must contain every phrase among the constraints of its source; outputs that the limit of length
    cut off before they did are not finished, and come last.

    `record` is told how the search went; it takes a single source.
    """
    if conflict := settings.conflict():
        raise UserError(conflict)
    constrained = constraints is not None and any(map(any, constraints))
    if constrained and (conflict := _conflict_with_constraints(settings)):
        raise UserError(conflict)
    if not sources:
        return []
    if not constrained and not any(prefixes or ()):
        found = _by_itself(stepper, sources, settings, record)
        if found is not None:
            return found
    phrases = constraints if constrained else None
    if settings.sample:
        outputs = _recorded(sample(stepper, sources, settings, prefixes), record)
    else:
        outputs = beam_search(stepper, sources, settings, prefixes, phrases, record)
    return told(outputs, stepper, settings, prefixes, phrases)


def _by_itself(
    stepper: Stepper[State],
    sources: Sequence[Sequence[int]],
    settings: Search,
    record: Record | None,
) -> list[list[Hypothesis]] | None:
    """What the stepper's own search finds; None if it has none for these settings. Of a beam there
    is then nothing to record."""
    if isinstance(stepper, GreedyStepper):
        found = stepper.greedy(sources, settings)
        if found is not None:
            return _recorded(found, record)
    if isinstance(stepper, BeamStepper) and record is None:
        return stepper.beam(sources, settings)
    return None


def _recorded(found: list[list[Hypothesis]], record: Record | None) -> list[list[Hypothesis]]:
    """What was found without a beam; a record has one source."""
    if record is not None:
        assert len(found) == 1, "a record is of one source"
        record.chains(found[0])
    return found


def _conflict_with_constraints(settings: Search) -> str:
    if settings.sample:
        return (
            "Constraints need beam search, but search.sample is true. Set search.sample=false, or "
            "give no constraints."
        )
    if settings.groups > 1:
        return (
            f"Constraints need one beam, but search.groups is {settings.groups}. Set "
            "search.groups=1, or give no constraints."
        )
    return ""
