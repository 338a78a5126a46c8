"""What search knows of a model: something that starts on sources and takes steps.

Search keeps a rectangle of hypotheses, B sources by W hypotheses each, and tells the stepper which
rows to keep. It sees token ids and natural-log probabilities as numpy arrays and never what the
state is made of, so a torch model, an ONNX session, an ensemble and a toy all decode alike.

Sizes: B sources in flight, W hypotheses of each, S source length, V vocabulary, k candidates.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Reals = NDArray[np.float32]


class Candidates(NamedTuple):
    """What may follow each hypothesis, best first.

    tokens     [B, W, k]  ids; k is cut to V if more are asked for
    log_probs  [B, W, k]  natural log of p(token | hypothesis, source), normalised over all of V
    wanted     [B, W] or None   the log probability of the token asked for by `wanted`
    weights    [B, W, S] or None  attention this step paid to each source position; 0 on padding
    """

    tokens: Ids
    log_probs: Reals
    wanted: Reals | None
    weights: Reals | None


State = TypeVar("State")


class Stepper(Protocol[State]):
    """A model as search sees it. `State` holds all that is fixed for the sources in flight and all
    that changes per step."""

    vocabulary_size: int

    def start(self, sources: Sequence[Sequence[int]]) -> State:
        """Read B sources; the state has one hypothesis each (W = 1).

        A source is its token ids, <eos> included, or a `Series` (text/series.py), whose positions are
        those of the frames that it holds; a stepper that reads only one of the two is given only that.
        """
        ...

    def step(
        self, state: State, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, State]:
        """Feed the last token of every hypothesis ([B, W]; <sos> at first) and say what may follow.

        <pad> and <sos> are never among the candidates (log probability -inf); `wanted` [B, W] asks
        for the log probability of one given token besides the k best, as a forced prefix needs.
        """
        ...

    def select(self, state: State, sources: Ids, parents: Ids) -> State:
        """Keep some sources and some of their hypotheses.

        sources [b]     which of the B sources stay, as row numbers
        parents [b, w]  for each that stays, which of its old W hypotheses each new one continues
        """
        ...
