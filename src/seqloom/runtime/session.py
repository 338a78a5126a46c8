"""The graphs of an exported model as search sees a model (search/stepper.py).

Rows of a state are hypotheses, the W of a source side by side; what is fixed for a source is kept
once. Greedy search needs no step from outside: a graph of its own goes through it in one call.

A graph is read when it is first asked. Threads sleep while they wait: pools that spin beside each
other would take the cores from each other.

Sizes: B sources, W hypotheses of each, S source length, V vocabulary, k candidates, T steps.
"""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.config.search import Search
from seqloom.data.batching import pad
from seqloom.errors import SourceTooLong, UserError
from seqloom.runtime.folder import ENCODER, GREEDY, STEP, Description
from seqloom.runtime.loop import greedy_suffices, hypotheses
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import Candidates, Ids
from seqloom.search.walk import output_limits

_PROVIDER = "CPUExecutionProvider"

Arrays = tuple[NDArray[Any], ...]


class OnnxState(NamedTuple):
    """`memory` has a row for each of the B sources, `cells` one for each of the B * W hypotheses."""

    memory: Arrays
    cells: Arrays
    width: int


class OnnxStepper:
    """Greedy, beam and sampling drive the graphs through this.

    threads  that one operator may use; as many as OMP_NUM_THREADS says, or as there are cores, if
             not given
    """

    def __init__(self, folder: Path, about: Description, threads: int | None = None) -> None:
        import_module("onnxruntime")  # if it is missing, that is said before anything is asked
        self.vocabulary_size = about.target_vocabulary
        self.threads = threads or num_threads()
        self.folder = folder
        self._about = about

    def start(self, sources: Sequence[Sequence[int]]) -> OnnxState:
        """Encode the sources in one padded batch."""
        self._check(sources)
        ids, lengths = pad(sources)
        found = self._encoder.run({"source": ids, "lengths": lengths})
        memory = tuple(found[f"memory.{name}"] for name in self._about.memory)
        return OnnxState(memory, tuple(found[f"state.{name}"] for name in self._about.state), 1)

    def step(
        self, state: OnnxState, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, OnnxState]:
        """Feed one token to every hypothesis."""
        shape = (*tokens.shape, -1)
        rows = np.ascontiguousarray(tokens).reshape(-1)
        # Who asks for the whole vocabulary is given the units too that are only copied.
        most = k if k < self.vocabulary_size else np.iinfo(np.int64).max
        asked = rows if wanted is None else np.ascontiguousarray(wanted).reshape(-1)
        given = {"tokens": rows, "k": np.array([most]), "wanted": asked}
        memory = {f"memory.{n}": m for n, m in zip(self._about.memory, state.memory, strict=True)}
        cells = {f"state.{n}": c for n, c in zip(self._about.state, state.cells, strict=True)}
        found = self._step.run({**given, **memory, **cells})
        candidates = Candidates(
            found["candidates"].reshape(shape),
            found["log_probs"].reshape(shape),
            None if wanted is None else found["wanted_log_prob"].reshape(tokens.shape),
            found["attention"].reshape(shape) if self._about.attends else None,
        )
        after = tuple(found[f"after.{name}"] for name in self._about.state)
        return candidates, state._replace(cells=after)

    def select(self, state: OnnxState, sources: Ids, parents: Ids) -> OnnxState:
        """Keep rows of the memory by source, rows of the cells by hypothesis."""
        chosen = (sources[:, None] * state.width + parents).reshape(-1)
        memory = state.memory
        if memory and len(sources) != len(memory[0]):
            memory = tuple(part[sources] for part in memory)
        return OnnxState(memory, tuple(part[chosen] for part in state.cells), parents.shape[1])

    def greedy(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        """What beam search of width 1 finds, in one call; None where the settings ask for more."""
        if not greedy_suffices(settings):
            return None
        self._check(sources)
        ids, lengths = pad(sources)
        limits = output_limits(sources, settings, None)
        asked = {"source": ids, "lengths": lengths, "limits": limits}
        shortest = np.array(settings.min_length, dtype=np.int64)
        found = self._greedy.run({**asked, "min_length": shortest})
        weights = found["attention"] if self._about.attends else None
        return hypotheses(
            found["tokens"], found["log_probs"], weights, lengths, limits, settings.length_penalty
        )

    @cached_property
    def _encoder(self) -> "_Graph":
        return _Graph(self.folder / ENCODER, self.threads)

    @cached_property
    def _step(self) -> "_Graph":
        return _Graph(self.folder / STEP, self.threads)

    @cached_property
    def _greedy(self) -> "_Graph":
        return _Graph(self.folder / GREEDY, self.threads)

    def _check(self, sources: Sequence[Sequence[int]]) -> None:
        limit, longest = self._about.max_source, max(map(len, sources), default=0)
        if limit is not None and longest > limit:
            raise SourceTooLong(
                f"location attention knows {limit} source positions (decoder.attention.max_source), "
                f"but this source has {longest} tokens, <eos> counted. Shorten it, or train with a "
                "larger maximum."
            )


def num_threads() -> int:
    """OMP_NUM_THREADS, or as many as there are cores."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdecimal() and int(given) > 0 else _cores()


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Graph:
    """One file, loaded."""

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = ort.InferenceSession(str(path), options, providers=[_PROVIDER])
        except MemoryError:
            raise
        except Exception as error:  # each of its errors is a class of its own
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise UserError(
                f"{path}: onnxruntime cannot read it ({reason}). Copy the file again, or export the "
                "run again."
            ) from error
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._outputs = [one.name for one in self._session.get_outputs()]

    def run(self, given: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        """The outputs by name. What this model has no use for is not an input of its graph."""
        taken = {name: value for name, value in given.items() if name in self._inputs}
        try:
            values: list[Any] = list(self._session.run(self._outputs, taken))
        except Exception as error:
            if "alloc" in str(error).lower():
                raise MemoryError(str(error)) from error
            raise
        return dict(zip(self._outputs, values, strict=True))
