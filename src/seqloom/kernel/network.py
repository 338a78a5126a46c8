"""A network inside the kernel, and its calls on numpy arrays.

Everything that crosses into C++ is checked here: ids, shapes and types, since the other side trusts
them. Arrays that a call fills are allocated here too, so Python owns all that lives on.

Sizes: B sources, P positions of all of them, W hypotheses of each, N = B * W rows, k candidates,
K key, X value, Z summary, D state (floats of one row).
"""

import weakref
from collections.abc import Mapping, Sequence
from ctypes import byref, c_int64, c_void_p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.kernel.library import check, opened
from seqloom.kernel.rounding import Rounded, Weight
from seqloom.kernel.weights import lies_in_a_file
from seqloom.search.stepper import Candidates, Ids, Reals


class Sizes(NamedTuple):
    """What one source position, source or hypothesis takes, in floats."""

    source_vocabulary: int
    target_vocabulary: int
    key: int
    value: int
    summary: int
    state: int
    attends: int


class Memory(NamedTuple):
    """What is fixed: source b has the rows begin[b] .. end[b] - 1 of `keys` and `values`.

    keys    [P, K]
    values  [P, X]  the source states, already multiplied with whatever meets the context
    summary [B, Z]  of a decoder that sees one context at every step
    """

    keys: Reals
    values: Reals
    begin: Ids
    end: Ids
    summary: Reals


class Wanted(NamedTuple):
    """What the searches inside follow; greedy search is that of beam 1."""

    beam: int
    nbest: int
    min_length: int
    length_penalty: float


class Found(NamedTuple):
    """An output of such a search; log_probs and weights count <eos> if it is finished."""

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    score: float
    weights: Reals | None
    finished: bool


class Network:
    """Weights packed for this processor; raises ValueError where they make no network."""

    def __init__(
        self,
        words: Mapping[str, str],
        weights: Mapping[str, Weight],
        *,
        instructions: str = "",
    ) -> None:
        self._library = opened()
        self._handle = _load(words, weights, instructions)
        weakref.finalize(self, self._library.seqloom_network_free, self._handle)
        sizes = (c_int64 * 7)()
        self._library.seqloom_network_sizes(self._handle, byref(sizes))
        self.sizes = Sizes(*sizes)
        self.instructions: str = self._library.seqloom_network_instructions(self._handle).decode()

    def read(self, sources: Sequence[Sequence[int]]) -> tuple[Memory, Reals]:
        """Encode the sources: their memory, and the first state [B, D] of each."""
        ids, start = self._joined(sources)
        B, sizes = len(sources), self.sizes
        keys = np.empty((len(ids), sizes.key), dtype=np.float32)
        values = np.empty((len(ids), sizes.value), dtype=np.float32)
        summary = np.empty((B, sizes.summary), dtype=np.float32)
        state = np.empty((B, sizes.state), dtype=np.float32)
        arrays = map(_address, (ids, start))
        filled = map(_address, (keys, values, summary, state))
        check(self._library.seqloom_read(self._handle, *arrays, B, *filled))
        return Memory(keys, values, start[:-1], start[1:], summary), state

    def step(
        self, memory: Memory, state: Reals, rows: Ids, tokens: Ids, k: int, wanted: Ids | None
    ) -> tuple[Candidates, Reals]:
        """Feed tokens [B, W] to hypotheses that continue the rows [B, W] of `state`."""
        B, W = tokens.shape
        assert len(memory.begin) == B, "a row of tokens for each source"
        assert rows.shape == tokens.shape, "a state for each hypothesis"
        assert rows.max() < len(state), "a row that there is"
        k = min(k, self.sizes.target_vocabulary)
        longest = int((memory.end - memory.begin).max()) if self.sizes.attends else 0
        after = np.empty((B * W, self.sizes.state), dtype=np.float32)
        best = np.empty((B, W, k), dtype=np.int64)
        log_probs = np.empty((B, W, k), dtype=np.float32)
        weights = np.empty((B, W, longest), dtype=np.float32)
        fed = self._targets(tokens)
        asked = None if wanted is None else self._targets(wanted)
        named = None if asked is None else np.empty((B, W), dtype=np.float32)
        check(
            self._library.seqloom_step(
                self._handle,
                *map(_address, memory),
                B,
                W,
                *map(_address, (fed, _whole(rows), state, after)),
                k,
                *map(_address, (best, log_probs, asked, named, weights)),
                longest,
            )
        )
        paid = weights if self.sizes.attends else None
        return Candidates(best, log_probs, named, paid), after

    def search(
        self, sources: Sequence[Sequence[int]], limits: Ids, wanted: Wanted
    ) -> list[list[Found]]:
        """The n best outputs of each source, of up to limits [B] tokens; one call for the batch."""
        ids, start = self._joined(sources)
        assert limits.shape == (len(sources),), "a limit for each source"
        outputs = c_void_p()
        addresses = _address(ids), _address(start), len(sources), _address(_whole(limits))
        check(self._library.seqloom_search(self._handle, *addresses, *wanted, byref(outputs)))
        try:
            return self._read(outputs, [len(source) for source in sources])
        finally:
            self._library.seqloom_outputs_free(outputs)

    def _read(self, outputs: c_void_p, positions: Sequence[int]) -> list[list[Found]]:
        sizes = (c_int64 * 4)()
        self._library.seqloom_outputs_sizes(outputs, byref(sizes))
        count, num_tokens, num_log_probs, num_weights = sizes
        counts = np.empty(len(positions), dtype=np.int64)
        lengths, finished = np.empty((2, count), dtype=np.int64)
        scores = np.empty(count)
        tokens = np.empty(num_tokens, dtype=np.int64)
        log_probs = np.empty(num_log_probs, dtype=np.float32)
        weights = np.empty(num_weights, dtype=np.float32)
        filled = counts, lengths, finished, scores, tokens, log_probs, weights
        self._library.seqloom_outputs_read(outputs, *map(_address, filled))
        each = zip(lengths.tolist(), finished.tolist(), scores.tolist(), strict=True)
        rest = _Rest(tokens.tolist(), log_probs.tolist(), weights)
        attends = bool(self.sizes.attends)
        return [
            [rest.next(*next(each), S if attends else 0) for _ in range(n)]
            for n, S in zip(counts.tolist(), positions, strict=True)
        ]

    def _joined(self, sources: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
        """The ids one source behind the other, and where each starts [B + 1]."""
        lengths = np.fromiter(map(len, sources), np.int64, len(sources))
        if not lengths.all() or not len(lengths):
            raise ValueError("a source has at least one token, but one is empty")
        ids = np.concatenate([np.asarray(source, dtype=np.int64) for source in sources])
        _check_ids(ids, self.sizes.source_vocabulary)
        return ids, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])

    def _targets(self, tokens: Ids) -> Ids:
        tokens = _whole(tokens)
        _check_ids(tokens, self.sizes.target_vocabulary)
        return tokens


class _Rest:
    """Outputs that lie one behind the other, taken one by one."""

    def __init__(self, tokens: list[int], log_probs: list[float], weights: Reals) -> None:
        self._tokens, self._log_probs, self._weights = tokens, log_probs, weights
        self._token = self._step = self._weight = 0

    def next(self, length: int, finished: int, score: float, positions: int) -> Found:
        """Of so many tokens; `positions` of its source are 0 where there is no attention."""
        token, step, weight = self._token, self._step, self._weight
        self._token, self._step = token + length, step + length + finished
        self._weight = weight + (length + finished) * positions
        # A copy, so that keeping one output does not keep those of the whole batch.
        paid = self._weights[weight : self._weight].copy().reshape(-1, positions or 1)
        return Found(
            tokens=tuple(self._tokens[token : self._token]),
            log_probs=tuple(self._log_probs[step : self._step]),
            score=score,
            weights=paid if positions else None,
            finished=bool(finished),
        )


def _load(words: Mapping[str, str], weights: Mapping[str, Weight], instructions: str) -> c_void_p:
    library = opened()
    handed = library.seqloom_handed_new()
    handle = c_void_p()
    # The kernel copies what it takes: these arrays need to live until it is made, no longer.
    arrays = {name: _handed(weight) for name, weight in weights.items()}
    try:
        for name, word in words.items():
            check(library.seqloom_handed_word(handed, name.encode(), word.encode()))
        for name, (data, numbers, factors) in arrays.items():
            array = data if numbers is None else numbers
            assert array is not None
            rows, columns = len(array), array.size // max(1, len(array))
            each = map(_address, (data, numbers, factors))
            mapped = lies_in_a_file(array)
            about = rows, columns, int(mapped)
            check(library.seqloom_handed_array(handed, name.encode(), *each, *about))
        check(library.seqloom_network_new(handed, instructions.encode(), byref(handle)))
    finally:
        library.seqloom_handed_free(handed)
    return handle


def _handed(
    weight: Weight,
) -> tuple[NDArray[Any] | None, NDArray[Any] | None, NDArray[Any] | None]:
    """Floats, or else whole numbers and their factors."""
    if not isinstance(weight, Rounded):
        return np.ascontiguousarray(weight, dtype=np.float32), None, None
    numbers = np.ascontiguousarray(weight.numbers, dtype=np.int8)
    factors = np.ascontiguousarray(weight.factors, dtype=np.float32)
    assert factors.size == len(numbers), "a factor for each row"
    return None, numbers, factors


def _check_ids(ids: Ids, vocabulary: int) -> None:
    if ids.size and (ids.min() < 0 or ids.max() >= vocabulary):
        wrong = int(ids[(ids < 0) | (ids >= vocabulary)][0])
        raise ValueError(f"token ids are 0 to {vocabulary - 1}, but one is {wrong}")


def _whole(ids: Ids) -> Ids:
    return np.ascontiguousarray(ids, dtype=np.int64)


def _address(array: NDArray[Any] | None) -> int | None:
    return None if array is None else array.ctypes.data
