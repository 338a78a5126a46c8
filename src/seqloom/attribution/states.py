"""Decoder states: what the readout sees at each step of a target that is given.

It is the one thing that all decoders have, Transformers too: for Luong the attentional state, for Bahdanau
state, input and context side by side.

Sizes: B batch, T target length, F features, n real target positions in the batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from seqloom.attribution.embedded import with_part
from seqloom.attribution.graph import check_library
from seqloom.attribution.neighbours import MOST_COMPARED, Growing, Index, Pair
from seqloom.data.batching import Batch, pad
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.tensors import pairs_of
from seqloom.search.stepper import Reals
from seqloom.symbols import PAD
from seqloom.text.pair import PairCodec

Item = TypeVar("Item")
TOGETHER = 64
"""Pairs read at once."""


class _Overheard(nn.Module):
    """A readout that keeps what it was shown."""

    def __init__(self, readout: nn.Module) -> None:
        super().__init__()
        self.readout = readout
        self.seen: list[Tensor] = []

    def forward(self, features: Tensor) -> Tensor:
        self.seen.append(features)
        return self.readout(features)


@torch.no_grad()
def states(
    model: EncoderDecoder, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]
) -> list[Reals]:
    """For each pair [T, F]: row t is the state that target token t was read out from."""
    source, source_lengths = pad(sources)
    target, target_lengths = pad(targets)
    pairs = pairs_of(
        Batch(source, source_lengths, target, target_lengths, np.arange(len(sources))), model
    )
    overheard = _Overheard(model.readout)
    with_part(model, "readout", overheard).score(pairs)
    [seen] = overheard.seen  # real positions only, step after step
    valid = pairs.target.t() != PAD
    filled = seen.new_zeros(*valid.shape, seen.shape[1])
    filled[valid] = seen
    rows = filled.transpose(0, 1).float().cpu().numpy()
    return [row[:length] for row, length in zip(rows, target_lengths.tolist(), strict=True)]


def build_index(
    model: EncoderDecoder,
    codec: PairCodec,
    examples: Iterable[Example],
    most: float = MOST_COMPARED,
) -> Index:
    """Of all pairs, in their order, until there are `most` states. Raises MissingExtra at once if there may
    be more than are compared one by one, and no library to find them."""
    if most > MOST_COMPARED:
        check_library()
    found = Growing()
    places: list[tuple[int, int]] = []
    pairs: list[Pair] = []
    for batch in _batches(examples):
        sources = [codec.read(example.source, example.features) for example in batch]
        targets = [
            codec.target.encode(example.target or "", open=source.open)
            for example, source in zip(batch, sources, strict=True)
        ]
        of_each = states(model, [source.ids for source in sources], targets)
        for example, source, ids, own in zip(batch, sources, targets, of_each, strict=True):
            tokens = codec.target.tokens(ids, source.open)
            own = own[: int(min(len(own), most - len(places)))]
            if not len(own):
                break
            places += [(len(pairs), step) for step in range(len(own))]
            pairs.append(Pair(example.source, example.target or "", tokens))
            found.add(own.astype(np.float16))
        if len(places) >= most:
            break
    if not places:
        raise UserError("An index needs training pairs, but there is none. Name a file of pairs.")
    return Index(found.grown(), np.array(places, dtype=np.int64), pairs)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, TOGETHER)):
        yield batch
