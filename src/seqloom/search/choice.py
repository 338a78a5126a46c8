"""How a beam chooses which continuations to keep: one way per kind of beam search.

Beam search asks twice at every step: which of all continuations are the best, <eos> among them
(those that end are outputs), and which of those that go on fill the beam again.

    Best        the W best of each source                          plain beam search, here
    Groups      so many of each group, unlike one another          groups
    Banks       so many for each number of constraint tokens met   banks

Sizes: b sources in flight, w hypotheses of each before the choice and W after it, k candidates.
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from seqloom.search.penalties import Scores
from seqloom.search.stepper import Candidates, Ids
from seqloom.symbols import EOS


class Chosen(NamedTuple):
    """Continuations of each source, each [b, W]; those of score -inf only fill the rectangle."""

    tokens: Ids
    log_probs: NDArray[np.floating]
    parents: Ids
    scores: Scores


class Choice(Protocol):
    """Holds what it must know of the hypotheses in flight, as `Coverage` does.

    num_candidates  how many continuations of each hypothesis it must see
    """

    num_candidates: int

    def narrow(self, candidates: Candidates) -> Candidates:
        """Leave only the candidates that can be chosen."""
        ...

    def choose(
        self, pool: Scores, candidates: Candidates, at_limit: NDArray[np.bool_]
    ) -> tuple[Chosen, Chosen]:
        """The best of all, and the best that go on; pool [b, w, k] are the scores of candidates.

        at_limit [b]: the outputs of the source have all the tokens they may have.
        """
        ...

    def follow(self, going: NDArray[np.bool_], live: Chosen) -> None:
        """Go on with the sources `going` [b], each hypothesis as `live` says."""
        ...


class Best:
    """Of all continuations of a source the W best.

    W candidates and <eos> suffice to fill the beam again. A beam of width 1 asks for the best
    candidate only, so that nothing is left to go on once that is <eos>.
    """

    def __init__(self, width: int) -> None:
        self.num_candidates = width + 1 if width > 1 else 1
        self._width = width

    def narrow(self, candidates: Candidates) -> Candidates:
        return candidates

    def choose(
        self, pool: Scores, candidates: Candidates, at_limit: NDArray[np.bool_]
    ) -> tuple[Chosen, Chosen]:
        best = take(first(pool, self._width), pool, candidates)
        going_on = without_eos(pool, candidates)
        return best, take(first(going_on, self._width), going_on, candidates)

    def follow(self, going: NDArray[np.bool_], live: Chosen) -> None:
        pass


def without_eos(pool: Scores, candidates: Candidates) -> Scores:
    """The scores of those continuations that go on."""
    return np.where(candidates.tokens == EOS, -np.inf, pool)


def first(ranking: Scores, width: int) -> Ids:
    """[b, W]: where the best `width` entries of ranking [b, w, k] are in its rows, best first."""
    # A stable order: the answer to a tie does not depend on the neighbours.
    return np.argsort(-ranking.reshape(len(ranking), -1), axis=1, kind="stable")[:, :width]


def take(places: Ids, pool: Scores, candidates: Candidates) -> Chosen:
    """The entries of pool [b, w, k] at `places` [b, W] of its rows."""
    b, _, k = pool.shape
    return Chosen(
        tokens=np.take_along_axis(candidates.tokens.reshape(b, -1), places, axis=1),
        log_probs=np.take_along_axis(candidates.log_probs.reshape(b, -1), places, axis=1),
        parents=places // k,
        scores=np.take_along_axis(pool.reshape(b, -1), places, axis=1),
    )
