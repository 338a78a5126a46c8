"""A torch model as search sees it (search/stepper.py).

Rows of a state are hypotheses, the W of a source side by side; what is fixed for a source is kept
once, however many hypotheses ask it.

Sizes: B sources, W hypotheses of each, S source length, V vocabulary, k candidates.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from seqloom.data.batching import together
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.tensors import device_of, to_tensor
from seqloom.nn.decoders.decoder import DecoderMemory, DecoderState
from seqloom.search.stepper import Candidates, Ids
from seqloom.symbols import PAD, SOS


class ModelState(NamedTuple):
    """`memory` has a row for each of the B sources, `cells` one for each of the B * W hypotheses."""

    memory: DecoderMemory
    cells: DecoderState
    width: int


class ModelStepper:
    """Greedy, beam and sampling drive a model through this."""

    def __init__(self, model: EncoderDecoder) -> None:
        self.model = model.eval()
        self.vocabulary_size = model.vocabulary_size
        self.device = device_of(model)

    @torch.inference_mode()
    def start(self, sources: Sequence[Sequence[int]]) -> ModelState:
        """Encode the sources, ids or series, in one padded batch."""
        ids, lengths = together(sources)
        with _memory_errors():
            memory, cells = self.model.read(
                to_tensor(ids, self.device), to_tensor(lengths, self.device)
            )
        return ModelState(memory, cells, 1)

    @torch.inference_mode()
    def step(
        self, state: ModelState, tokens: Ids, k: int, wanted: Ids | None = None
    ) -> tuple[Candidates, ModelState]:
        """Feed one token to every hypothesis."""
        rows = to_tensor(np.ascontiguousarray(tokens).reshape(-1), self.device)
        with _memory_errors():
            log_probs, weights, cells = self.model.step(rows, state.memory, state.cells)
        named = None
        if wanted is not None:
            asked = to_tensor(np.ascontiguousarray(wanted).reshape(-1, 1), self.device)
            named = _reals(log_probs.gather(1, asked)).reshape(tokens.shape)
        log_probs[:, [PAD, SOS]] = -torch.inf
        # Who asks for the whole vocabulary is given the units too that are only copied.
        k = k if k < self.vocabulary_size else log_probs.shape[1]
        best, ids = log_probs.topk(k, dim=-1)
        shape = (*tokens.shape, -1)
        candidates = Candidates(
            ids.cpu().numpy().reshape(shape),
            _reals(best).reshape(shape),
            named,
            None if weights is None else _reals(weights).reshape(shape),
        )
        return candidates, state._replace(cells=cells)

    @torch.inference_mode()
    def select(self, state: ModelState, sources: Ids, parents: Ids) -> ModelState:
        """Keep rows of the memory by source, rows of the cells by hypothesis."""
        chosen = to_tensor((sources[:, None] * state.width + parents).reshape(-1), self.device)
        cells = tuple(part.index_select(0, chosen) for part in state.cells)
        memory = state.memory
        if memory and len(sources) != len(memory[0]):
            kept = to_tensor(sources, self.device)
            memory = tuple(part.index_select(0, kept) for part in memory)
        return ModelState(memory, cells, parents.shape[1])


class _memory_errors:  # noqa: N801
    """Say out-of-memory the way Python does, so that the caller can try with less at a time."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, torch.OutOfMemoryError) or (
            isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
        ):
            raise MemoryError(str(error)) from error


def _reals(tensor: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return tensor.float().cpu().numpy()
