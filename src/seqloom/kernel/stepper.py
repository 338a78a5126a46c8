"""The kernel as search sees it (search/stepper.py), and its whole searches in one call.

A state has the memory of the sources in flight, which stays where it is when sources leave, and rows
of floats, which stay as well: a hypothesis knows the row that it continues, and several may continue
one, for which the kernel then computes once whatever depends on it alone.

Sizes: B sources, W hypotheses of each, k candidates.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from seqloom.config.recipe import Recipe
from seqloom.config.search import Search
from seqloom.kernel.describe import describe, plain
from seqloom.kernel.network import Memory, Network, Wanted
from seqloom.kernel.rounding import Weight, all_rounded
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import Candidates, Ids, Reals
from seqloom.search.walk import output_limits


class KernelState(NamedTuple):
    """`memory` has a row for each of the B sources; rows [B, W] says which of `cells` a hypothesis
    continues."""

    memory: Memory
    cells: Reals
    rows: Ids


class KernelStepper:
    """Greedy, beam and sampling drive the kernel through this.

    weights       the model's own, by name; matrices may be in 8 bits already
    int8          keep matrices in 8 bits: a quarter of the memory, nearly the same answers
    instructions  plain, avx2 or avx512; the best that this processor has if not given

    Raises UnsupportedError for a model that the kernel does not know.
    """

    def __init__(
        self,
        recipe: Recipe,
        weights: Mapping[str, Weight],
        *,
        int8: bool = False,
        instructions: str = "",
    ) -> None:
        words = describe(recipe)
        kept = all_rounded(weights) if int8 else weights
        self.network = Network(words, kept, instructions=instructions)
        self.vocabulary_size = self.network.sizes.target_vocabulary

    def start(self, sources: Sequence[Sequence[int]]) -> KernelState:
        """Encode the sources; none is padded."""
        memory, cells = self.network.read(sources)
        return KernelState(memory, cells, np.arange(len(cells))[:, None])

    def step(
        self, state: KernelState, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, KernelState]:
        """Feed one token to every hypothesis."""
        before = state.memory, state.cells, state.rows
        candidates, cells = self.network.step(*before, tokens, k, wanted)
        return candidates, KernelState(
            state.memory, cells, np.arange(len(cells)).reshape(tokens.shape)
        )

    def select(self, state: KernelState, sources: Ids, parents: Ids) -> KernelState:
        """Keep rows of the memory by source; of the cells none is moved."""
        memory = state.memory
        if len(sources) != len(memory.begin):
            memory = memory._replace(
                begin=memory.begin[sources],
                end=memory.end[sources],
                summary=memory.summary[sources],
            )
        return KernelState(memory, state.cells, state.rows[sources[:, None], parents])

    def greedy(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        """What beam search of width 1 finds, in one call; None where the settings ask for more."""
        return self.beam(sources, settings) if settings.beam == 1 else None

    def beam(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        """What beam search finds, in one call; None where the settings ask for more."""
        if not plain(settings):
            return None
        limits = output_limits(sources, settings, None)
        wanted = Wanted(settings.beam, settings.nbest, settings.min_length, settings.length_penalty)
        return [
            [
                Hypothesis(
                    tokens=found.tokens,
                    token_log_probs=found.log_probs,
                    score=found.score,
                    weights=found.weights,
                    finished=found.finished,
                    origin="beam",
                )
                for found in outputs
            ]
            for outputs in self.network.search(sources, limits, wanted)
        ]
