"""Padded pairs of given lengths, with ids that are chosen by chance and of no matter."""

from collections.abc import Sequence

import torch
from tests.laws.variants import SOURCE_VOCABULARY, TARGET_VOCABULARY
from torch import Tensor

from seqloom.models.encoder_decoder import Pairs
from seqloom.symbols import EOS, PAD

LENGTHS = [(7, 5), (2, 6), (1, 1), (5, 2)]
"""Of sources and targets, <eos> counted; (1, 1) is an empty line."""


def pairs_of(lengths: Sequence[tuple[int, int]] = LENGTHS) -> Pairs:
    """A batch of such pairs."""
    random = torch.Generator().manual_seed(3)
    sources = [_sequence(source, SOURCE_VOCABULARY, random) for source, _ in lengths]
    targets = [_sequence(target, TARGET_VOCABULARY, random) for _, target in lengths]
    return together(sources, targets)


def together(sources: Sequence[Tensor], targets: Sequence[Tensor]) -> Pairs:
    """Sequences as one batch, padded to the longest."""
    return Pairs(*_padded(sources), *_padded(targets))


def alone(pairs: Pairs, row: int) -> Pairs:
    """One pair without neighbours and without padding."""
    source = pairs.source[row, : int(pairs.source_lengths[row])]
    target = pairs.target[row, : int(pairs.target_lengths[row])]
    return together([source], [target])


def reordered(pairs: Pairs, order: Sequence[int]) -> Pairs:
    """The same pairs in another order."""
    return Pairs(*(None if part is None else part[list(order)] for part in pairs))


def with_more_padding(pairs: Pairs, columns: int) -> Pairs:
    """The same pairs, each side that much wider."""
    return pairs._replace(
        source=torch.nn.functional.pad(pairs.source, (0, columns), value=PAD),
        target=torch.nn.functional.pad(pairs.target, (0, columns), value=PAD),
    )


def _sequence(length: int, vocabulary: int, random: torch.Generator) -> Tensor:
    ids = torch.randint(EOS + 1, vocabulary, (length,), generator=random)
    ids[-1] = EOS
    return ids


def _padded(sequences: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    rows = torch.nn.utils.rnn.pad_sequence(list(sequences), batch_first=True, padding_value=PAD)
    return rows, torch.tensor([len(sequence) for sequence in sequences])
