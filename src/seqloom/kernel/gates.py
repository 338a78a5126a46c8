"""The pointwise part of a cell's training step (native/gates.hpp), on addresses of float32 arrays.

N rows of D features; a row's gates stand one block behind the other. Nothing is checked.
"""

from seqloom.kernel.library import opened


def lstm_on(a: int, c: int, rows: int, D: int, h: int, new_c: int, u: int) -> None:
    """From the sums `a` [N, 4 D], which become the gates, to the state after; u = tanh(c')."""
    opened().seqloom_lstm_on(a, c, rows, D, h, new_c, u)


def lstm_back(gates: int, c: int, u: int, dh: int, rows: int, D: int, dc: int, da: int) -> None:
    """To the gradients `da` of the sums and `dc` of the state before, in whose place the one of the
    state after stands at first."""
    opened().seqloom_lstm_back(gates, c, u, dh, rows, D, dc, da)


def gru_on(x: int, a: int, b_n: int, h: int, rows: int, D: int, n: int, new_h: int) -> None:
    """From the halves `x` and `a` [N, 3 D], which becomes r, z and R h + b_n, to candidate and state."""
    opened().seqloom_gru_on(x, a, b_n, h, rows, D, n, new_h)


def gru_back(a: int, n: int, h: int, rows: int, D: int, dh: int, da: int, dx: int) -> None:
    """To the gradients of both halves, and of the state before but for what comes through `a`: it takes
    the place of the one of the state after."""
    opened().seqloom_gru_back(a, n, h, rows, D, dh, da, dx)
