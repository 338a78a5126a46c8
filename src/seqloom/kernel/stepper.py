"""The kernel as search sees it (search/stepper.py), and its whole greedy search in one call.

A state has the memory of the sources in flight, which stays where it is when sources leave, and a
row of floats for each hypothesis.

Sizes: B sources, W hypotheses of each, k candidates.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.config.recipe import Recipe
from seqloom.config.search import Search
from seqloom.kernel.describe import describe, greedy_suffices
from seqloom.kernel.network import Memory, Network
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.penalties import length_penalty
from seqloom.search.stepper import Candidates, Ids, Reals
from seqloom.search.walk import output_limits


class KernelState(NamedTuple):
    """`memory` has a row for each of the B sources, `cells` one for each of the B * W hypotheses."""

    memory: Memory
    cells: Reals
    width: int


class KernelStepper:
    """Greedy, beam and sampling drive the kernel through this.

    weights       the model's own, by name
    int8          keep the weights in 8 bits: a quarter of the memory, nearly the same answers
    instructions  plain, avx2 or avx512; the best that this processor has if not given

    Raises UnsupportedError for a model that the kernel does not know.
    """

    def __init__(
        self,
        recipe: Recipe,
        weights: Mapping[str, NDArray[Any]],
        *,
        int8: bool = False,
        instructions: str = "",
    ) -> None:
        words = describe(recipe)
        self.network = Network(words, weights, int8=int8, instructions=instructions)
        self.vocabulary_size = self.network.sizes.target_vocabulary

    def start(self, sources: Sequence[Sequence[int]]) -> KernelState:
        """Encode the sources; none is padded."""
        memory, cells = self.network.read(sources)
        return KernelState(memory, cells, 1)

    def step(
        self, state: KernelState, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, KernelState]:
        """Feed one token to every hypothesis."""
        candidates, cells = self.network.step(state.memory, state.cells, tokens, k, wanted)
        return candidates, state._replace(cells=cells)

    def select(self, state: KernelState, sources: Ids, parents: Ids) -> KernelState:
        """Keep rows of the memory by source, rows of the cells by hypothesis."""
        chosen = (sources[:, None] * state.width + parents).reshape(-1)
        memory = state.memory
        if len(sources) != len(memory.begin):
            memory = memory._replace(
                begin=memory.begin[sources],
                end=memory.end[sources],
                summary=memory.summary[sources],
            )
        return KernelState(memory, state.cells[chosen], parents.shape[1])

    def greedy(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        """What beam search of width 1 finds, in one call; None where the settings ask for more."""
        if not greedy_suffices(settings):
            return None
        limits = output_limits(sources, settings, None)
        found = self.network.greedy(sources, limits, settings.min_length)
        return [
            [
                Hypothesis(
                    tokens=output.tokens,
                    token_log_probs=output.log_probs,
                    score=_score(output.log_probs, settings.length_penalty),
                    weights=output.weights,
                    finished=output.finished,
                    origin="beam",
                )
            ]
            for output in found
        ]


def _score(log_probs: tuple[float, ...], alpha: float) -> float:
    # Added one by one, as the search adds them: `sum` rounds otherwise.
    total = float(np.cumsum((0.0, *log_probs))[-1])
    return total / length_penalty(len(log_probs), alpha)
