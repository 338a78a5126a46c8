"""The soft window of Graves 2013 (section 5.1): the first attention. It asks by place alone, and its
place only moves forward.

    (a^, b^, k^) = W q + bias                                                     eq. 48
    alpha = exp(a^)   beta = exp(b^)   kappa_t = kappa_{t-1} + exp(k^)            eq. 49-51
    phi(t, u) = sum_k alpha_k exp(-beta_k (kappa_k - u)^2)    u = 1..U            eq. 46
    w_t = sum_u phi(t, u) c_u                                                     eq. 47

The weights it pays are phi: never negative, 0 on padding, and not a distribution. They may add up to
any amount, and to nothing once the window has left the source. What takes weights for shares (coverage
penalty, copying, replacing unknown words) has to divide them by their sum first.

A text is written to its end as soon as phi(t, U + 1) > phi(t, u) for all u <= U. `ended` compares the
logarithms, which still differ where every phi is 0 by rounding.

No exponent is above MOST, so that a wild one gives a large number and not infinity.

Sizes: B sources, W hypotheses of each, N = B * W rows, S source length, H source features, Q query
features, K Gaussians.
"""

from math import log

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from seqloom.nn.attention.attention import (
    Attended,
    Attention,
    AttentionState,
    Memory,
    grouped,
    padding_of,
)

MOST = 10.0
"""exp(10) is 22,026: of source positions in one step, or of 1 / (2 width^2)."""


class SoftWindow(Attention):
    """Its state is kappa, [N, K].

    pace  source positions per step before anything is learnt: 1 / 25 for pen points over characters
    """

    parts = 1

    def __init__(self, query: int, gaussians: int, pace: float = 1.0) -> None:
        super().__init__()
        self.gaussians = gaussians
        self.W = nn.Linear(query, 3 * gaussians)
        with torch.no_grad():
            self.W.bias[2 * gaussians :] += log(pace)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return Memory(source, source, padding_of(valid, source))

    def start(self, memory: Memory) -> AttentionState:
        return (memory.values.new_zeros(len(memory.values), self.gaussians),)

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        a, b, ahead = self._asked(query)
        kappa = grouped(state[0], memory) + ahead
        weights = _weights(_log_phi(a, b, kappa, memory.values.shape[1]), memory)
        return Attended(torch.bmm(weights, memory.values), weights, (kappa.flatten(0, 1),))

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        a, b, ahead = self._asked(queries)
        kappa = state[0].unsqueeze(1) + ahead.cumsum(dim=1)
        weights = _weights(_log_phi(a, b, kappa, memory.values.shape[1]), memory)
        return torch.bmm(weights, memory.values), weights

    def ended(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Bool[Tensor, "B W"]:
        """Whether the source is done with, at the step that `query` asks; `state` is that before."""
        a, b, ahead = self._asked(query)
        kappa = grouped(state[0], memory) + ahead
        log_phi = _log_phi(a, b, kappa, memory.values.shape[1] + 1)
        return past_the_end(log_phi, (memory.padding == 0).sum(dim=1))

    def _asked(self, query: Float[Tensor, "B W Q"]) -> tuple[Tensor, Tensor, Tensor]:
        """log alpha, beta and how far kappa goes, [B, W, K] each."""
        a, b, ahead = self.W(query).clamp_max(MOST).chunk(3, dim=-1)
        return a, torch.exp(b), torch.exp(ahead)


def past_the_end(
    log_phi: Float[Tensor, "B W U"], lengths: Int[Tensor, " B"]
) -> Bool[Tensor, "B W"]:
    """Graves' stopping rule, from log phi at positions 1, 2, ... up to at least the longest length
    plus one, and the length U of each source."""
    index = torch.arange(log_phi.shape[-1], device=log_phi.device)
    outside = (index >= lengths.unsqueeze(1)).unsqueeze(1)
    inside = log_phi.masked_fill(outside, -torch.inf).amax(dim=-1)
    behind = lengths[:, None, None].expand(-1, log_phi.shape[1], 1)
    return log_phi.gather(2, behind)[..., 0] > inside


def _log_phi(
    a: Float[Tensor, "B W K"],
    beta: Float[Tensor, "B W K"],
    kappa: Float[Tensor, "B W K"],
    most: int,
) -> Float[Tensor, "B W U"]:
    """At positions 1 to `most`."""
    positions = torch.arange(1, most + 1, dtype=kappa.dtype, device=kappa.device)
    distances = (kappa.unsqueeze(-1) - positions).square()
    return torch.logsumexp(a.unsqueeze(-1) - beta.unsqueeze(-1) * distances, dim=-2)


def _weights(log_phi: Float[Tensor, "B W S"], memory: Memory) -> Float[Tensor, "B W S"]:
    return torch.exp(log_phi + memory.padding.unsqueeze(1))
