"""The sources in flight, walked through the stepper one token at a time.

Beam search and sampling choose differently but walk alike: all hypotheses of all sources have the
same number of tokens, a source whose output is complete leaves the batch, and what no search may
choose is settled here: no <eos> before `min_length`, no run of tokens twice where repeats are
blocked, and nothing but the prefix while a source is still inside its prefix. Prefixes may differ in
length: some sources are led while others are free.

Sizes: B sources at the start, b of them in flight, W hypotheses of each, k candidates, P longest
prefix.
"""

from collections.abc import Sequence
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.search.repeats import Repeats, most_blocked, without_blocked
from seqloom.search.stepper import Candidates, Ids, Reals, State, Stepper
from seqloom.search.trail import Step, Trail
from seqloom.symbols import EOS, PAD, SOS


class Walk(Generic[State]):
    """Where the search stands.

    sources  [b]     which sources are in flight, in order
    limits   [B]     how many tokens the output of each source may have, <eos> not counted
    length           tokens of every hypothesis so far
    trail            the steps that led here
    """

    def __init__(
        self,
        stepper: Stepper[State],
        sources: Sequence[Sequence[int]],
        settings: Search,
        prefixes: Sequence[Sequence[int]] | None,
    ) -> None:
        self.sources: Ids = np.arange(len(sources))
        self.length = 0
        self.limits = output_limits(sources, settings, prefixes)
        self.trail = Trail([len(source) for source in sources])
        self._stepper = stepper
        self._state = stepper.start(sources)
        self._tokens: Ids = np.full((len(sources), 1), SOS)
        self._rows: Ids = self.sources
        self._weights: Reals | None = None
        self._min_length = settings.min_length
        self._prefixes = None if prefixes is None else _rectangle(prefixes)
        n = settings.no_repeat_ngram
        self._repeats = Repeats(len(sources), n) if n else None

    @property
    def at_limit(self) -> NDArray[np.bool_]:
        """[b]: the output has all the tokens it may have; only <eos> can still follow."""
        return self.limits[self.sources] <= self.length

    def step(self, k: int) -> Candidates:
        """The k best tokens that may follow; those that may not have log probability -inf."""
        too_short = self.length < self._min_length
        forced = self._forced()
        # One candidate more, for where <eos> is the best and not allowed.
        candidates = self._allowed(k + too_short, _wanted(forced, self._tokens.shape))
        self._weights = candidates.weights
        if too_short:
            candidates = _without_eos(candidates)
        return candidates if forced is None else _along(candidates, forced)

    def advance(
        self,
        tokens: Ids,
        log_probs: NDArray[np.floating],
        parents: Ids,
        going: NDArray[np.bool_],
    ) -> None:
        """Continue hypotheses `parents` [b, W] with `tokens`; sources not `going` [b] leave."""
        self.trail.steps.append(Step(self._rows, tokens, log_probs, parents, self._weights))
        self.length += 1
        if self._repeats is not None:
            self._repeats.follow(going, parents, tokens)
        if not going.all():
            self._leave(going)
            tokens, parents = tokens[going], parents[going]
            self._select(np.flatnonzero(going), parents)
        elif not self._in_place(parents):
            self._select(np.arange(len(parents)), parents)
        self._tokens = tokens

    def _allowed(self, k: int, wanted: Ids | None) -> Candidates:
        """The k best tokens that repeat nothing they may not."""
        if self._repeats is None:
            return self._take_step(k, wanted)
        blocked = self._repeats.blocked()
        return without_blocked(self._take_step(k + most_blocked(blocked), wanted), blocked, k)

    def _take_step(self, k: int, wanted: Ids | None) -> Candidates:
        candidates, self._state = self._stepper.step(self._state, self._tokens, k, wanted)
        return candidates

    def _leave(self, going: NDArray[np.bool_]) -> None:
        self.sources = self.sources[going]
        self._rows = np.full(len(self.limits), -1)
        self._rows[self.sources] = np.arange(len(self.sources))

    def _in_place(self, parents: Ids) -> bool:
        """Whether every hypothesis continues the one in its own place, as in greedy search."""
        width = int(parents.shape[1])
        in_place: Ids = np.arange(width)
        return self._tokens.shape[1] == width and bool((parents == in_place).all())

    def _select(self, sources: Ids, parents: Ids) -> None:
        if len(sources):
            self._state = self._stepper.select(self._state, sources, parents)

    def _forced(self) -> Ids | None:
        """[b]: the token that the prefix has here, <pad> for a source that is free."""
        if self._prefixes is None or self.length >= self._prefixes.shape[1]:
            return None
        return self._prefixes[self.sources, self.length]


def output_limits(
    sources: Sequence[Sequence[int]],
    settings: Search,
    prefixes: Sequence[Sequence[int]] | None,
) -> Ids:
    limits: list[int] = []
    for number, source in enumerate(sources):
        own = settings.max_length or int(settings.max_ratio * len(source)) + 20
        prefix = () if prefixes is None else prefixes[number]
        limits.append(max(own, sum(token != EOS for token in prefix)))
    return np.array(limits, dtype=np.int64)


def _rectangle(prefixes: Sequence[Sequence[int]]) -> Ids:
    """[B, P], filled up with <pad>."""
    rectangle = np.full((len(prefixes), max(map(len, prefixes), default=0)), PAD)
    for row, prefix in zip(rectangle, prefixes, strict=True):
        assert not {PAD, SOS} & set(prefix), "a prefix holds neither <pad> nor <sos>"
        assert EOS not in prefix[:-1], "nothing follows <eos> in a prefix"
        row[: len(prefix)] = prefix
    return rectangle


def _wanted(forced: Ids | None, shape: tuple[int, ...]) -> Ids | None:
    """Ask for the forced token in every hypothesis; where none is forced any token will do."""
    if forced is None:
        return None
    return np.broadcast_to(np.where(forced == PAD, EOS, forced)[:, None], shape)


def _without_eos(candidates: Candidates) -> Candidates:
    return candidates._replace(
        log_probs=np.where(candidates.tokens == EOS, -np.inf, candidates.log_probs)
    )


def _along(candidates: Candidates, forced: Ids) -> Candidates:
    """Leave a source that is inside its prefix with the forced token as the only candidate."""
    assert candidates.wanted is not None
    led = forced != PAD
    tokens, log_probs = candidates.tokens.copy(), candidates.log_probs.copy()
    tokens[led] = forced[led, None, None]
    log_probs[led] = -np.inf
    log_probs[led, :, 0] = candidates.wanted[led]
    return candidates._replace(tokens=tokens, log_probs=log_probs)
