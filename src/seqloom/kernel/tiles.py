"""Products in bfloat16 by the processor's matrix tiles (native/tiles.hpp), on addresses of float32 arrays:
y = W x for each of N rows x, W [outputs, inputs]. Nothing is checked.
"""

from functools import cache
from typing import NamedTuple

from seqloom.kernel.library import available, check, opened

_SIDE = 32


class Strided(NamedTuple):
    """A matrix: its lines, and the numbers in a line, stand so many floats apart; one step is 1."""

    address: int
    step: int
    inner_step: int


def rounds() -> bool:
    """Whether the library is there and wanted, and multiplies so on this processor."""
    return available() and _processor_knows()


@cache
def _processor_knows() -> bool:
    return bool(opened().seqloom_rounds())


def room_for(outputs: int, inputs: int) -> int:
    """How many numbers of 16 bits a weight takes."""
    return -(-outputs // _SIDE) * -(-inputs // _SIDE) * _SIDE**2


def round_weight(weight: Strided, outputs: int, inputs: int, tiles: int, threads: int) -> None:
    """Into `tiles`."""
    check(opened().seqloom_round(*weight, outputs, inputs, tiles, threads))


def multiply(
    tiles: int,
    outputs: int,
    inputs: int,
    x: Strided,
    rows: int,
    given: int | None,
    y: int,
    threads: int,
) -> None:
    """y = given + W x, rows of both side by side."""
    check(opened().seqloom_rounded_product(tiles, outputs, inputs, *x, rows, given, y, threads))
