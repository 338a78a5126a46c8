"""Pointer-generator (See 2017, eq. 8, 9): a token is written from the vocabulary or copied from where
the step looks.

    g    = sigmoid(w . f + b)                              generate rather than copy
    p(v) = g' p_vocab(v) + (1 - g) sum_{j: x_j copies as v} a_j
    g'   = g + (1 - g) sum_{j: x_j is never copied} a_j

Attention to what is never copied, features and <eos>, counts as attention to the vocabulary, so p sums
to one. If all can be copied, g' = g and these are the paper's equations. f holds context and state, as
decoders hand them out. When to look at the source is the decoder's affair: the paper asks with s_t, as
Luong's does; Bahdanau's asks with s_{t-1}. There is no coverage loss (eq. 12, 13).

Ids from V on are units of this source that the vocabulary does not have (text/copying.py). They are
absent from the other sources of a batch, and have no probability there. All is computed in logarithms
that stay finite where something is present, so that a loss is finite too.

Sizes: B sources, S source length, N rows of W = N / B hypotheses a source, V vocabulary, X extended
ids of the batch, F features, n positions.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


class Copies(NamedTuple):
    """What a copy of each source position would be.

    ids      [B, S]  target ids, extended ones included; -1 for what is never copied
    present  [B, X]  whether the source has a unit with extended id V + x
    """

    ids: Tensor
    present: Tensor


class Pointer(nn.Module):
    """The gate, and how the two distributions are mixed."""

    def __init__(self, features: int, source_vocabulary: int, target_vocabulary: int) -> None:
        super().__init__()
        self.gate = nn.Linear(features, 1)
        self.source_vocabulary = source_vocabulary
        self.target_vocabulary = target_vocabulary

    def copies(self, source: Int[Tensor, "B S"]) -> Copies:
        """What the numbers of a source say besides its ids; <pad> is never copied."""
        ids = source // self.source_vocabulary - 1
        extended = ids - self.target_vocabulary
        width = max(int(extended.max()) + 1, 0) if extended.numel() else 0
        present = ids.new_zeros(len(ids), width + 1, dtype=torch.bool)
        # What is not extended goes into a first column that is cut off again.
        present.scatter_(1, extended.clamp_min(-1) + 1, True)
        return Copies(ids, present[:, 1:])

    def plain(self, source: Int[Tensor, "B S"]) -> Int[Tensor, "B S"]:
        """The source ids alone."""
        return source % self.source_vocabulary

    def forward(
        self,
        features: Float[Tensor, "n F"],
        logits: Float[Tensor, "n V"],
        weights: Float[Tensor, "n S"],
        ids: Int[Tensor, "n S"],
        present: Bool[Tensor, "n X"],
    ) -> Float[Tensor, "n U"]:
        """log p over the U = V + X ids."""
        gate = self.gate(features)
        copyable = ids >= 0
        copy = torch.where(copyable, weights, 0.0)
        kept = torch.where(copyable, 0.0, weights).sum(1, keepdim=True)
        mass = weights.new_zeros(len(weights), logits.shape[1] + present.shape[1])
        mass = mass.scatter_add(1, ids.clamp_min(0), copy)
        generate = torch.logaddexp(logsigmoid(gate), logsigmoid(-gate) + _log(kept))
        copied = logsigmoid(-gate) + _log(mass)
        known, extended = copied.split([logits.shape[1], present.shape[1]], dim=1)
        written = torch.logaddexp(generate + torch.log_softmax(logits, dim=1), known)
        return torch.cat([written, extended.masked_fill(~present, -torch.inf)], dim=1)


def _log(values: Tensor) -> Tensor:
    """The logarithm, with a floor instead of -inf: below that nothing matters."""
    return values.clamp_min(torch.finfo(values.dtype).tiny).log()
