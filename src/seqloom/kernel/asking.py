"""Attention inside a training loop (native/asking.hpp), on addresses of float32 arrays.

B queries [K], each to the S positions of its own source: keys [S, K], values [S, H]. Nothing is checked.
"""

from typing import NamedTuple

from seqloom.kernel.library import opened


class Sizes(NamedTuple):
    """As above."""

    B: int
    S: int
    K: int
    H: int


class Asked(NamedTuple):
    """query [B, K], keys [B, S, K], values [B, S, H], padding [B, S]: 0, and -inf at the end."""

    query: int
    keys: int
    values: int
    padding: int


def ask_on(asked: Asked, sizes: Sizes, weights: int, context: int) -> None:
    """Weights [B, S] and context [B, H]."""
    opened().seqloom_ask_on(*asked, *sizes, weights, context)


def ask_back(
    asked: Asked,
    sizes: Sizes,
    weights: int,
    d_context: int,
    d_weights: int | None,
    d_query: int,
    d_keys: int,
    d_values: int,
) -> None:
    """The gradient of the query; those of keys and values are added to what stands there."""
    opened().seqloom_ask_back(
        *asked, weights, d_context, d_weights, *sizes, d_query, d_keys, d_values
    )
