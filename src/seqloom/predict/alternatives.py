"""What else might have stood at each step of an output: the likeliest next tokens.

    p(y_t | y_1 .. y_{t-1}, source)        for the k likeliest y_t, and for the one that was taken

The model's own probabilities, whatever a search was told to avoid. All outputs of a source are led
through the model together, as its hypotheses, each along its own tokens.

Sizes: N outputs, T tokens of the longest, k candidates.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from seqloom.predict.codecs import TargetCodec
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import Candidates, Ids, Stepper
from seqloom.symbols import EOS, SOS
from seqloom.text.copying import Source


class Alternative(NamedTuple):
    """A token that may stand at a step; <unk> also where the output has a source word for it.

    text      what the output reads up to here with this token: force it as a prefix to go on from it
    log_prob  natural log, given the source and the output before this step
    taken     it is the one that the output has
    """

    token: str
    text: str
    log_prob: float
    taken: bool

    def to_dict(self) -> dict[str, object]:
        return {**self._asdict(), "log_prob": round(self.log_prob, 6)}


Steps = tuple[tuple[Alternative, ...], ...]
"""The alternatives at each step of one output, the likeliest first."""


def alternatives(
    stepper: Stepper[Any],
    codec: TargetCodec,
    source: Source,
    hypotheses: Sequence[Hypothesis],
    k: int,
) -> tuple[Steps, ...]:
    """The k likeliest tokens at each step of each output, and the one it has if it is none of them."""
    paths = [(*h.tokens, EOS) if h.finished else h.tokens for h in hypotheses]
    found: list[list[tuple[Alternative, ...]]] = [[] for _ in paths]
    for t, candidates in enumerate(_along(stepper, source.ids, paths, k)):
        for n, path in enumerate(paths):
            if t < len(path):
                likeliest = _likeliest(candidates, n, path[t], k)
                found[n].append(_step(codec, source.open, path[: t + 1], likeliest))
    return tuple(map(tuple, found))


def _along(
    stepper: Stepper[Any], source: Sequence[int], paths: Sequence[Sequence[int]], k: int
) -> Iterator[Candidates]:
    """What may follow at each step, and how likely is what does; of one source, paths [N][T]."""
    longest = max(map(len, paths), default=0)
    if not longest:
        return
    # A path that is over is fed <eos> on, and nobody looks at what follows.
    fed: Ids = np.full((1, len(paths), longest + 1), EOS)
    fed[:, :, 0] = SOS
    for n, path in enumerate(paths):
        fed[0, n, 1 : len(path) + 1] = path
    state = stepper.start([source])
    state = stepper.select(state, np.array([0]), np.zeros((1, len(paths)), dtype=np.int64))
    for t in range(longest):
        candidates, state = stepper.step(state, fed[:, :, t], max(k, 1), fed[:, :, t + 1])
        yield candidates


def _likeliest(candidates: Candidates, n: int, taken: int, k: int) -> dict[int, float]:
    """The tokens that may follow hypothesis n at all, best first, each with its log probability."""
    tokens, log_probs = candidates.tokens[0, n, :k], candidates.log_probs[0, n, :k]
    possible = log_probs > -np.inf
    likeliest = dict(zip(tokens[possible].tolist(), log_probs[possible].tolist(), strict=True))
    if taken not in likeliest:
        assert candidates.wanted is not None
        likeliest[taken] = float(candidates.wanted[0, n])
    return likeliest


def _step(
    codec: TargetCodec, open: Sequence[str], path: Sequence[int], likeliest: dict[int, float]
) -> tuple[Alternative, ...]:
    """The alternatives to the last token of a path, it among them."""
    *before, taken = path
    return tuple(
        Alternative(
            token,
            codec.decode(before if id == EOS else [*before, id], open),
            log_prob,
            id == taken,
        )
        for (id, log_prob), token in zip(
            likeliest.items(), codec.tokens(list(likeliest), open), strict=True
        )
    )
