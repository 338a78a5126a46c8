"""Cross-entropy with its gradient (native/entropy.hpp), on addresses of arrays; each row is a position."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from seqloom.kernel.library import opened

_WORTH_A_THREAD = 1 << 19
"""Logits."""


class Positions(NamedTuple):
    """n rows of V logits in float32 or bfloat16, their targets, and what is found for each: -log p of the
    target, and its mean over the vocabulary."""

    logits: int
    bits: int
    targets: int
    nll: int
    uniform: int

    def at(self, row: int, V: int) -> "Positions":
        """Those from a row on."""
        return Positions(
            self.logits + row * V * self.bits // 8,
            self.bits,
            self.targets + row * 8,
            self.nll + row * 4,
            self.uniform + row * 4,
        )


def parts_of(n: int, V: int, threads: int) -> int:
    """How many threads are worth their while."""
    return max(1, min(threads, n * V // _WORTH_A_THREAD, n))


def entropy(
    positions: Positions, bias: int, n: int, V: int, smoothing: float, d_bias: list[int]
) -> None:
    """Logits become gradients; that of the bias is added up in one array for each part of the rows."""
    parts = len(d_bias)
    bounds = [n * part // parts for part in range(parts + 1)]

    def run(part: int) -> None:
        logits, bits, targets, nll, uniform = positions.at(bounds[part], V)
        rows = bounds[part + 1] - bounds[part]
        function = opened().seqloom_entropy16 if bits == 16 else opened().seqloom_entropy32
        function(logits, bias, targets, rows, V, smoothing, nll, uniform, d_bias[part])

    if parts == 1:
        run(0)
        return
    with ThreadPoolExecutor(parts) as together:
        list(together.map(run, range(parts)))
