"""Gradients of each output token's log probability in the embeddings of the source.

    g_tj = d log p(y_t | y_<t, x) / d x_j

    gradient x input     W_tj = x_j . g_tj       signed: what log p is made of, to first order
    gradient norm        W_tj = || g_tj ||       how much a small change of x_j changes y_t

The map of norms, output step by source step, shows the shortcut that attention makes: without it the
way from y_t back to x_j leads through every state between, and the norm fades with the distance.

Sizes: T output tokens, S source tokens, E embedding.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.attribution.embedded import TOGETHER, embeddings, gradients
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs


def gradient_x_input(
    model: EncoderDecoder, pair: Pairs, together: int = TOGETHER
) -> Float[Tensor, "T S"]:
    """Of one pair, <eos> counted on both sides."""
    found, embedded = _of_each_step(model, pair, together)
    return (found * embedded).sum(2)


def gradient_norm(
    model: EncoderDecoder, pair: Pairs, together: int = TOGETHER
) -> Float[Tensor, "T S"]:
    """Of one pair, <eos> counted on both sides."""
    found, _ = _of_each_step(model, pair, together)
    return found.norm(dim=2)


def _of_each_step(
    model: EncoderDecoder, pair: Pairs, together: int
) -> tuple[Float[Tensor, "T S E"], Float[Tensor, "1 S E"]]:
    steps = torch.arange(int(pair.target_lengths[0]), device=pair.target.device)
    embedded = embeddings(model, pair.source)
    points = embedded.expand(len(steps), -1, -1)
    return gradients(model, pair, points, steps, together), embedded
