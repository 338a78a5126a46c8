"""A memory that a training loop asks at every step, and whose gradients are gathered on the way.

Left to torch, each step would make gradients of all keys and values, [B, S, K] and [B, S, H], only to have
them added up. Here each step adds to one pair of buffers, which goes on to the encoder when the last step
has been seen. That it is the last is torch's to know: a `token`, a number that no one reads, comes out of
the memory and goes into each step.

The sums themselves are native/asking.hpp.

Sizes: B sources, S source length, K key features, H value features.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from seqloom.kernel.asking import Asked, Sizes, ask_back, ask_on


class Gathered:
    """Made of a memory at the beginning of a loop."""

    def __init__(self, keys: Tensor, values: Tensor, padding: Tensor) -> None:
        self._sums = _Sums(keys, values, padding)
        self._token: Tensor = _Gather.apply(keys, values, self._sums)  # pyright: ignore[reportAttributeAccessIssue]

    def ask(self, query: Float[Tensor, "B K"]) -> tuple[Float[Tensor, "B H"], Float[Tensor, "B S"]]:
        """Context and weights."""
        sizes = self._sums.sizes
        assert query.shape == (sizes.B, sizes.K), "one query to a source, as long as a key"
        return _Ask.apply(query, self._token, self._sums)  # pyright: ignore[reportReturnType]


class _Sums:
    """Keys, values and padding as they are, and the gradients so far. It must not know the token: the two
    would keep each other, and a whole memory with them, after an update has done with it."""

    def __init__(self, keys: Tensor, values: Tensor, padding: Tensor) -> None:
        self.keys, self.values = keys.detach().contiguous(), values.detach().contiguous()
        self.padding = padding.contiguous()
        self.sizes = Sizes(len(keys), keys.shape[1], keys.shape[2], values.shape[2])
        self._gradients: tuple[Tensor, Tensor] | None = None

    def addresses(self, query: Tensor) -> Asked:
        """As the compiled sums want them."""
        rest = (self.keys, self.values, self.padding)
        return Asked(query.data_ptr(), *(part.data_ptr() for part in rest))

    def gradients(self) -> tuple[Tensor, Tensor]:
        """Of keys and values, to add to."""
        if self._gradients is None:
            self._gradients = torch.zeros_like(self.keys), torch.zeros_like(self.values)
        return self._gradients

    def taken(self) -> tuple[Tensor, Tensor]:
        """The gradients; the next way back starts from zeros."""
        gradients = self.gradients()
        self._gradients = None
        return gradients


class _Gather(torch.autograd.Function):
    """Hands out the token; on the way back, what was gathered."""

    @staticmethod
    def forward(ctx: Any, keys: Tensor, values: Tensor, sums: _Sums) -> Tensor:
        ctx.sums = sums
        return keys.new_zeros(())

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        return (*ctx.sums.taken(), None)


class _Ask(torch.autograd.Function):
    """One step."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, token: Tensor, sums: _Sums) -> tuple[Tensor, Tensor]:
        query, (B, S, _, H) = query.contiguous(), sums.sizes
        weights, context = query.new_empty(B, S), query.new_empty(B, H)
        asked = sums.addresses(query)
        ask_on(asked, sums.sizes, weights.data_ptr(), context.data_ptr())
        ctx.save_for_backward(query, weights)
        ctx.sums = sums
        ctx.set_materialize_grads(False)
        return context, weights

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> tuple[Tensor | None, ...]:
        d_context, d_weights = grad_outputs
        sums: _Sums = ctx.sums
        query, weights = ctx.saved_tensors
        B, _, _, H = sums.sizes
        d_context = query.new_zeros(B, H) if d_context is None else d_context.contiguous()
        d_weights = None if d_weights is None else d_weights.contiguous()
        d_query = torch.empty_like(query)
        d_keys, d_values = sums.gradients()
        ask_back(
            sums.addresses(query),
            sums.sizes,
            weights.data_ptr(),
            d_context.data_ptr(),
            None if d_weights is None else d_weights.data_ptr(),
            d_query.data_ptr(),
            d_keys.data_ptr(),
            d_values.data_ptr(),
        )
        return d_query, query.new_zeros(()), None
