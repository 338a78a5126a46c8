"""A stepper small enough to check by hand: a Markov model of second order, given by a table.

    p(next | output so far, source) = table[kind of source, last token but one, last token, next]

The kind of a source is the sum of its ids. The attention paid at a step depends on the source and
on the whole output so far, so weights that come back along a wrong path are found out. The state
holds all tokens fed so far; what they should be is known from `probability` and `attention` below.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqloom.search.stepper import Candidates, Ids, Reals
from seqloom.symbols import EOS, PAD, SOS

Output = tuple[int, ...]


def random_table(
    seed: int, vocabulary_size: int, kinds: int = 3, concentration: float = 1.0
) -> np.ndarray:
    """Every distribution drawn at random: the smaller the concentration, the more uneven."""
    shape = (kinds, vocabulary_size, vocabulary_size, vocabulary_size)
    table = np.random.default_rng(seed).gamma(concentration, size=shape) + 1e-12
    table[..., [PAD, SOS]] = 0.0
    return table / table.sum(axis=-1, keepdims=True)


def constant_table(distribution: dict[int, float], vocabulary_size: int) -> np.ndarray:
    """The same distribution after every output of every source."""
    table = np.zeros((1, *[vocabulary_size] * 3))
    for token, p in distribution.items():
        table[..., token] = p
    return table


class ToyState(NamedTuple):
    """The sources in flight and the tokens fed to each hypothesis, [B][W]."""

    sources: list[Output]
    fed: list[list[Output]]


class Toy:
    """A search.Stepper over a table; `rows_seen` counts the hypotheses of every step taken."""

    def __init__(self, table: np.ndarray, *, attends: bool = True) -> None:
        self.table = table
        self.attends = attends
        self.vocabulary_size = table.shape[-1]
        self.rows_seen: list[tuple[int, int]] = []
        self.candidates_asked: list[int] = []
        self.num_selects = 0

    def log_probs(self, source: Sequence[int], output: Sequence[int]) -> Reals:
        """log p of every token after `output`."""
        fed = (PAD, SOS, *output)
        with np.errstate(divide="ignore"):
            kind = sum(source) % len(self.table)
            return np.log(self.table[kind, fed[-2], fed[-1]]).astype(np.float32)

    def attention(self, source: Sequence[int], output: Sequence[int]) -> Reals:
        """The weights of the step that follows `output`."""
        path = 1 + sum((place + 2) * token for place, token in enumerate(output))
        weights = np.array([1.0 + path * (j + 1) % 7 for j in range(len(source))])
        return (weights / weights.sum()).astype(np.float32)

    def start(self, sources: Sequence[Sequence[int]]) -> ToyState:
        return ToyState([tuple(source) for source in sources], [[()] for _ in sources])

    def step(
        self, state: ToyState, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, ToyState]:
        self.rows_seen.append(tokens.shape)
        self.candidates_asked.append(k)
        fed = [
            [(*past, token) for past, token in zip(pasts, row, strict=True)]
            for pasts, row in zip(state.fed, tokens.tolist(), strict=True)
        ]
        assert all(past[0] == SOS for pasts in fed for past in pasts)
        every = np.array(
            [
                [self.log_probs(source, past[1:]) for past in pasts]
                for source, pasts in zip(state.sources, fed, strict=True)
            ]
        )
        best = np.argsort(-every, axis=2, kind="stable")[:, :, :k]
        candidates = Candidates(
            tokens=best,
            log_probs=np.take_along_axis(every, best, axis=2),
            wanted=None
            if wanted is None
            else np.take_along_axis(every, wanted[:, :, None], axis=2)[:, :, 0],
            weights=self._weights(state.sources, fed) if self.attends else None,
        )
        for array in candidates[:2]:
            array.flags.writeable = False
        return candidates, ToyState(state.sources, fed)

    def select(self, state: ToyState, sources: Ids, parents: Ids) -> ToyState:
        self.num_selects += 1
        assert len(sources) == len(parents) > 0
        return ToyState(
            [state.sources[b] for b in sources],
            [[state.fed[b][w] for w in row] for b, row in zip(sources, parents, strict=True)],
        )

    def _weights(self, sources: list[Output], fed: list[list[Output]]) -> Reals:
        longest = max(map(len, sources))
        weights = np.zeros((len(fed), len(fed[0]), longest), dtype=np.float32)
        for b, source in enumerate(sources):
            for w, past in enumerate(fed[b]):
                weights[b, w, : len(source)] = self.attention(source, past[1:])
        return weights


def log_prob(toy: Toy, source: Sequence[int], output: Output) -> float:
    """log p of an output, <eos> included if it is there."""
    return sum(float(toy.log_probs(source, output[:t])[token]) for t, token in enumerate(output))


def every_output(toy: Toy, source: Sequence[int], max_length: int) -> list[Output]:
    """All outputs of at most so many tokens that end with <eos> and have any probability."""
    found: list[Output] = []
    open_ends: list[Output] = [()]
    while open_ends:
        output = open_ends.pop()
        possible = np.flatnonzero(toy.log_probs(source, output) > -np.inf).tolist()
        found += [(*output, EOS)] if EOS in possible else []
        if len(output) < max_length:
            open_ends += [(*output, token) for token in possible if token != EOS]
    return found
