"""A model that reads embeddings instead of ids, so that they can be moved and differentiated.

    f(x_1 .. x_S) = log p(y_t | y_<t, x)        x_j [E] what the encoder's embedding says of token j

The twin shares every part with its model but the table that the encoder looks tokens up in: its rows are
the positions of one batch. The model itself is not touched, and may answer others meanwhile.

Sizes: R rows, T output tokens, S source tokens, E embedding.
"""

from copy import copy
from typing import TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.nn.encoders.encoder import Encoded, Encoder

Module = TypeVar("Module", bound=nn.Module)
TOGETHER = 64
"""Rows differentiated at once."""


class _Positions(nn.Module):
    """The table of one batch: id R * S is that of row R, position S."""

    def __init__(self, embedded: Float[Tensor, "R S E"]) -> None:
        super().__init__()
        self.table = embedded.flatten(0, 1)

    def forward(self, positions: Tensor) -> Tensor:
        return self.table[positions]


class _Given(Encoder):
    """An encoder that reads what it was given, whatever the source says."""

    def __init__(self, encoder: Encoder, embedded: Float[Tensor, "R S E"]) -> None:
        super().__init__()
        self.encoder = with_part(encoder, "embedding", _Positions(embedded))

    def forward(self, source: Int[Tensor, "R S"], lengths: Int[Tensor, " R"]) -> Encoded:
        positions = torch.arange(source.numel(), device=source.device)
        return self.encoder(positions.view(source.shape), lengths)


def with_part(module: Module, name: str, part: nn.Module) -> Module:
    """A copy with another part of that name; all others are the module's own."""
    twin = copy(module)
    twin.__dict__["_modules"] = {**module.__dict__["_modules"], name: part}
    return twin


def embeddings(model: EncoderDecoder, source: Int[Tensor, "R S"]) -> Float[Tensor, "R S E"]:
    """What the encoder's table says of a source."""
    plain = source if model.pointer is None else model.pointer.plain(source)
    table = model.encoder.embedding
    assert isinstance(table, nn.Embedding)
    return table(plain).detach()


def log_probs(
    model: EncoderDecoder, pairs: Pairs, embedded: Float[Tensor, "R S E"]
) -> Float[Tensor, "R T"]:
    """log p of every target token, were these the embeddings of the sources."""
    return with_part(model, "encoder", _Given(model.encoder, embedded)).score(pairs)


def _repeated(pair: Pairs, rows: int, steps: int) -> Pairs:
    """One pair as many rows, its target no longer than is asked about."""
    lengths = pair.target_lengths.clamp_max(steps)
    return Pairs(
        pair.source.expand(rows, -1),
        pair.source_lengths.expand(rows),
        pair.target[:, :steps].expand(rows, -1),
        lengths.expand(rows),
    )


@torch.enable_grad()
def gradients(
    model: EncoderDecoder,
    pair: Pairs,
    embedded: Float[Tensor, "R S E"],
    steps: Int[Tensor, " R"],
    together: int = TOGETHER,
) -> Float[Tensor, "R S E"]:
    """d log p(y_t) / d x, for each row at embeddings and a step t of its own.

    Rows do not see each other, so the gradient of a sum of theirs is that of each.
    """
    found: list[Tensor] = []
    for points, asked in zip(embedded.split(together), steps.split(together), strict=True):
        points = points.detach().requires_grad_()
        scores = log_probs(model, _repeated(pair, len(points), int(asked.max()) + 1), points)
        total = scores.gather(1, asked.unsqueeze(1)).sum()
        found.append(torch.autograd.grad(total, points)[0])
    return torch.cat(found)
