"""A network inside the kernel, and its calls on numpy arrays.

Everything that crosses into C++ is checked here: ids, shapes and types, since the other side trusts
them. Arrays that a call fills are allocated here too, so Python owns all that lives on.

Sizes: B sources, P positions of all of them, W hypotheses of each, N = B * W rows, k candidates,
K key, X value, Z summary, D state (floats of one row).
"""

import ctypes
import weakref
from collections.abc import Mapping, Sequence
from ctypes import POINTER, byref, c_float, c_int64, c_void_p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.kernel.library import check, opened
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


class Found(NamedTuple):
    """An output of greedy search; log_probs and weights count <eos> if it is finished."""

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    weights: Reals | None
    finished: bool


class Network:
    """Weights packed for this processor; raises ValueError where they make no network."""

    def __init__(
        self,
        words: Mapping[str, str],
        weights: Mapping[str, NDArray[Any]],
        *,
        int8: bool = False,
        instructions: str = "",
    ) -> None:
        self._library = opened()
        self._handle = _load(words, weights, int8, instructions)
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
        self, memory: Memory, state: Reals, tokens: Ids, k: int, wanted: Ids | None
    ) -> tuple[Candidates, Reals]:
        """Feed tokens [B, W] to the rows of state [N, D]."""
        B, W = tokens.shape
        assert len(memory.begin) == B, "a row of tokens for each source"
        assert state.shape == (B * W, self.sizes.state), "a state for each hypothesis"
        k = min(k, self.sizes.target_vocabulary)
        longest = int((memory.end - memory.begin).max()) if self.sizes.attends else 0
        after = np.empty_like(state)
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
                *map(_address, (fed, state, after)),
                k,
                *map(_address, (best, log_probs, asked, named, weights)),
                longest,
            )
        )
        paid = weights if self.sizes.attends else None
        return Candidates(best, log_probs, named, paid), after

    def greedy(self, sources: Sequence[Sequence[int]], limits: Ids, min_length: int) -> list[Found]:
        """The likeliest token at every step, up to limits [B] tokens; one call for the batch."""
        ids, start = self._joined(sources)
        assert limits.shape == (len(sources),), "a limit for each source"
        outputs = c_void_p()
        addresses = _address(ids), _address(start), len(sources), _address(_whole(limits))
        check(self._library.seqloom_greedy(self._handle, *addresses, min_length, byref(outputs)))
        try:
            return [self._output(outputs, b, len(source)) for b, source in enumerate(sources)]
        finally:
            self._library.seqloom_outputs_free(outputs)

    def _output(self, outputs: c_void_p, b: int, positions: int) -> Found:
        tokens, length = POINTER(c_int64)(), c_int64()
        log_probs, weights = POINTER(c_float)(), POINTER(c_float)()
        parts = map(byref, (tokens, log_probs, weights, length))
        finished = bool(self._library.seqloom_output(outputs, b, *parts))
        steps = length.value + finished
        paid = None
        if self.sizes.attends:
            paid = np.empty((steps, positions), dtype=np.float32)
            ctypes.memmove(paid.ctypes.data, weights, paid.nbytes)
        return Found(tuple(tokens[: length.value]), tuple(log_probs[:steps]), paid, finished)

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


def _load(
    words: Mapping[str, str], weights: Mapping[str, NDArray[Any]], int8: bool, instructions: str
) -> c_void_p:
    library = opened()
    handed = library.seqloom_handed_new()
    handle = c_void_p()
    # The kernel copies what it takes: these arrays need to live until it is made, no longer.
    arrays = {
        name: np.ascontiguousarray(weight, dtype=np.float32) for name, weight in weights.items()
    }
    try:
        for name, word in words.items():
            check(library.seqloom_handed_word(handed, name.encode(), word.encode()))
        for name, array in arrays.items():
            rows, columns = len(array), array.size // max(1, len(array))
            where = name.encode(), _address(array), rows, columns
            check(library.seqloom_handed_array(handed, *where))
        check(library.seqloom_network_new(handed, instructions.encode(), int(int8), byref(handle)))
    finally:
        library.seqloom_handed_free(handed)
    return handle


def _check_ids(ids: Ids, vocabulary: int) -> None:
    if ids.size and (ids.min() < 0 or ids.max() >= vocabulary):
        wrong = int(ids[(ids < 0) | (ids >= vocabulary)][0])
        raise ValueError(f"token ids are 0 to {vocabulary - 1}, but one is {wrong}")


def _whole(ids: Ids) -> Ids:
    return np.ascontiguousarray(ids, dtype=np.int64)


def _address(array: NDArray[Any] | None) -> int | None:
    return None if array is None else array.ctypes.data
