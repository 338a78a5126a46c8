"""A model that reads embeddings instead of ids, so that they can be moved and differentiated.

    f(x_1 .. x_S) = log p(y_t | y_<t, x)        x_j [E] what the encoder's embedding says of token j

Several that answer as one have a table each, and so an x_mj for each member m:

    f(x_11 .. x_MS) = log 1/M sum_m p_m(y_t | y_<t, x_m)         M members

One model is a list of one. The twin of a member shares every part with it but the table that the encoder
looks tokens up in: its rows are the positions of one batch. The member itself is not touched, and may
answer others meanwhile.

`Question` is such a function, and what must be known to differentiate it: here that of a pair, in
series.py that of frames and a text, in documents.py that of a document and its label.

Sizes: M members, R rows, T output tokens, S source tokens, E embedding (of each member its own).
"""

from collections.abc import Sequence
from copy import copy
from math import log
from typing import Protocol, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.nn.encoders.encoder import Encoded, Encoder
from seqloom.symbols import UNK

Module = TypeVar("Module", bound=nn.Module)
Members = Sequence[EncoderDecoder]
Embedded = list[Tensor]
"""Of each member [R S E]."""
TOGETHER = 64
"""Rows differentiated at once."""


class Question(Protocol):
    """log p of T outputs as a function of embeddings; rows do not see each other."""

    @property
    def steps(self) -> int:
        """T."""
        ...

    def embeddings(self) -> Embedded:
        """What the source is [1 S E]."""
        ...

    def baseline(self) -> Embedded:
        """The same of a source that says nothing."""
        ...

    def log_probs(self, embedded: Embedded, steps: int) -> Float[Tensor, "R T"]:
        """Of the first so many outputs, or of more."""
        ...


class PairQuestion:
    """What an output owes to its source, <eos> counted on both sides; answered by all members together."""

    def __init__(self, models: Members, pair: Pairs) -> None:
        self.models = models
        self.pair = pair

    @property
    def steps(self) -> int:
        return int(self.pair.target_lengths[0])

    def embeddings(self) -> Embedded:
        return embeddings(self.models, self.pair.source)

    def baseline(self) -> Embedded:
        return embeddings(self.models, unknown(self.pair))

    def log_probs(self, embedded: Embedded, steps: int) -> Float[Tensor, "R T"]:
        pairs = repeated(self.pair, len(embedded[0]), steps)
        return log_probs(self.models, pairs, embedded)


class Positions(nn.Module):
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
        self.encoder = with_part(encoder, "embedding", Positions(embedded))

    def forward(self, source: Int[Tensor, "R S"], lengths: Int[Tensor, " R"]) -> Encoded:
        positions = torch.arange(source.numel(), device=source.device)
        return self.encoder(positions.view(source.shape), lengths)


def with_part(module: Module, name: str, part: nn.Module) -> Module:
    """A copy with another part of that name; all others are the module's own."""
    twin = copy(module)
    twin.__dict__["_modules"] = {**module.__dict__["_modules"], name: part}
    return twin


def embeddings(models: Members, source: Int[Tensor, "R S"]) -> Embedded:
    """What the table of each encoder says of a source."""
    return [_embedding(model, source) for model in models]


def _embedding(model: EncoderDecoder, source: Int[Tensor, "R S"]) -> Float[Tensor, "R S E"]:
    table = model.encoder.embedding
    assert isinstance(table, nn.Embedding)
    # The source ids alone: the numbers may say what a copy would be, to this model or to another.
    return table(source % table.num_embeddings).detach()


def log_probs(models: Members, pairs: Pairs, embedded: Embedded) -> Float[Tensor, "R T"]:
    """log p of every target token, were these the embeddings of the sources; 0 on padding."""
    return as_one(
        [
            scored(with_part(model, "encoder", _Given(model.encoder, points)), pairs)
            for model, points in zip(models, embedded, strict=True)
        ]
    )


def as_one(own: Sequence[Float[Tensor, "R T"]]) -> Float[Tensor, "R T"]:
    """log p of members that answer together; of a single one what it says, to the last bit."""
    return own[0] if len(own) == 1 else torch.stack([*own]).logsumexp(0) - log(len(own))


def scored(model: EncoderDecoder, pairs: Pairs) -> Float[Tensor, "R T"]:
    """To a model that does not copy, what only a copy can write is impossible, and reads as <unk>."""
    if model.pointer is not None:
        return model.score(pairs)
    written = pairs.target < model.vocabulary_size
    scores = model.score(pairs._replace(target=pairs.target.where(written, UNK)))
    return scores.where(written, -torch.inf)


def unknown(pair: Pairs) -> Tensor:
    """The source of a pair, all of it <unk> but <eos>, as ids."""
    source = torch.full_like(pair.source, UNK)
    length = int(pair.source_lengths[0])
    source[:, length - 1 :] = pair.source[:, length - 1 :]  # <eos> and padding
    return source


def repeated(pair: Pairs, rows: int, steps: int) -> Pairs:
    """One pair as many rows, its target no longer than is asked about."""
    lengths = pair.target_lengths.clamp_max(steps)
    return Pairs(
        pair.source.expand(rows, *pair.source.shape[1:]),
        pair.source_lengths.expand(rows),
        pair.target[:, :steps].expand(rows, -1),
        lengths.expand(rows),
    )


@torch.enable_grad()
def gradients(
    question: Question,
    embedded: Embedded,
    steps: Int[Tensor, " R"],
    together: int = TOGETHER,
) -> Embedded:
    """d log p(y_t) / d x_m, for each row at embeddings and a step t of its own.

    Rows do not see each other, so the gradient of a sum of theirs is that of each.
    """
    found: list[Sequence[Tensor]] = []
    chunks = zip(*(points.split(together) for points in embedded), strict=True)
    for chunk, asked in zip(chunks, steps.split(together), strict=True):
        points = [own.detach().requires_grad_() for own in chunk]
        scores = question.log_probs(points, int(asked.max()) + 1)
        found.append(torch.autograd.grad(scores.gather(1, asked.unsqueeze(1)).sum(), points))
    return [torch.cat(own) for own in zip(*found, strict=True)]
