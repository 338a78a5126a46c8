"""Look for outputs, in the way the settings say."""

from collections.abc import Sequence

from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.search.beam import beam_search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.sample import sample
from seqloom.search.stepper import State, Stepper


def search(
    stepper: Stepper[State],
    sources: Sequence[Sequence[int]],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None = None,
) -> list[list[Hypothesis]]:
    """The `nbest` outputs of each source (token ids, <eos> included), best first.

    All sources are decoded together, as one batch; the result for each depends on it alone. An
    output must begin with the prefix of its source, the log probability of which counts; if the
    prefix ends with <eos> it is the whole output, and this is how a given output is scored.
    """
    if not sources:
        return []
    if settings.sample:
        return sample(stepper, sources, settings, prefixes)
    if settings.nbest > settings.beam:
        raise UserError(
            f"search.nbest must be at most search.beam ({settings.beam}), but is {settings.nbest}. "
            "Widen the beam, or set search.sample."
        )
    return beam_search(stepper, sources, settings, prefixes)
