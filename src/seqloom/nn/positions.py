"""Sinusoidal positions (Vaswani 2017, section 3.5): attention alone sees no order, so it is added.

    PE(t, 2i)     = sin(t / 10000^(2i / E))
    PE(t, 2i + 1) = cos(t / 10000^(2i / E))
    x_t           = sqrt(E) y_t + PE(t)        y_t the embedding of token t, counted from 0

Nothing is learnt and no length is the last one.

Sizes: N rows, T positions, E embedding.
"""

from math import log, sqrt

import torch
from jaxtyping import Float
from torch import Tensor


def positions(
    first: int, count: int, features: int, device: torch.device, dtype: torch.dtype
) -> Float[Tensor, "T E"]:
    """PE of the positions `first`, `first` + 1, ..., `count` of them."""
    time = torch.arange(first, first + count, device=device, dtype=dtype).unsqueeze(1)
    pair = torch.arange(0, features, 2, device=device, dtype=dtype)  # 2i
    angle = time * torch.exp(pair * (-log(10000.0) / features))
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)[:, :features]


def placed(embedded: Float[Tensor, "N T E"], first: int) -> Float[Tensor, "N T E"]:
    """Embeddings that know where they stand; the first of them at position `first`."""
    _, count, features = embedded.shape
    # Half precision would not tell late positions apart.
    exact = torch.promote_types(embedded.dtype, torch.float32)
    where = positions(first, count, features, embedded.device, exact)
    return embedded * sqrt(features) + where.to(embedded.dtype)
