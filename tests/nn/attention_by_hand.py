"""What the tests of the attentions share: weights that are given, and stepping."""

import torch
from torch import Tensor, nn

from seqloom.nn.attention.attention import Attention


def tensor(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def fill(part: nn.Module, **weights: object) -> None:
    """In float64 from now on; `U__weight` stands for U.weight."""
    part.double()
    with torch.no_grad():
        for name, values in weights.items():
            part.get_parameter(name.replace("__", ".")).copy_(tensor(values))


def asked_at_once(
    attention: Attention, queries: Tensor, source: Tensor, valid: Tensor
) -> tuple[Tensor, Tensor]:
    """Contexts and weights of all queries."""
    memory = attention.remember(source, valid)
    return attention.over(queries, memory, attention.start(memory))


def asked_one_by_one(
    attention: Attention, queries: Tensor, source: Tensor, valid: Tensor
) -> tuple[Tensor, Tensor]:
    """The same, step after step."""
    memory = attention.remember(source, valid)
    state, found = attention.start(memory), []
    for query in queries.split(1, dim=1):
        context, weights, state = attention.step(query, memory, state)
        found.append((context, weights))
    contexts, weights = zip(*found, strict=True)
    return torch.cat(contexts, 1), torch.cat(weights, 1)


def derivatives_agree(attention: Attention, queries: Tensor, source: Tensor, valid: Tensor) -> bool:
    """With small differences: those of queries, source and all weights. Raises where they do not."""
    inputs = [queries, source, *attention.double().parameters()]

    def asked(*_: Tensor) -> tuple[Tensor, Tensor]:
        return asked_at_once(attention, queries, source, valid)

    return torch.autograd.gradcheck(asked, [each.requires_grad_() for each in inputs])
