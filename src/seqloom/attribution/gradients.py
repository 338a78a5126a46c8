"""Gradients of each output token's log probability in the embeddings of the source.

    g_tj = d log p(y_t | y_<t, x) / d x_j

    gradient x input     W_tj = x_j . g_tj       signed: what log p is made of, to first order
    gradient norm        W_tj = || g_tj ||       how much a small change of x_j changes y_t

The map of norms, output step by source step, shows the shortcut that attention makes: without it the
way from y_t back to x_j leads through every state between, and the norm fades with the distance.

Several models that answer as one have embeddings x_mj of their own, with gradients g_tmj = w_tm times what
member m alone would have, w_tm = p_m(y_t) / sum_k p_k(y_t). What their log p is made of adds up over them:

    gradient x input     W_tj = sum_m x_mj . g_tmj
    gradient norm        W_tj = sum_m || g_tmj ||

The second is the most that log p can change where each member's own embedding moves by 1: the mean of the
members' norms, each weighted by its share w_tm in the probability. Copies of a model are as that model.

Sizes: M members, T output tokens, S source tokens, E embedding.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.attribution.embedded import TOGETHER, Embedded, Question, gradients


def gradient_x_input(question: Question, together: int = TOGETHER) -> Float[Tensor, "T S"]:
    found, embedded = _of_each_step(question, together)
    shares = [(own * x).sum(2) for own, x in zip(found, embedded, strict=True)]
    return torch.stack(shares).sum(0)


def gradient_norm(question: Question, together: int = TOGETHER) -> Float[Tensor, "T S"]:
    found, _ = _of_each_step(question, together)
    return torch.stack([own.norm(dim=2) for own in found]).sum(0)


def _of_each_step(question: Question, together: int) -> tuple[Embedded, Embedded]:
    """The gradients of each member [T S E], and its embeddings [1 S E]."""
    embedded = question.embeddings()
    steps = torch.arange(question.steps, device=embedded[0].device)
    points = [own.expand(len(steps), -1, -1) for own in embedded]
    return gradients(question, points, steps, together), embedded
