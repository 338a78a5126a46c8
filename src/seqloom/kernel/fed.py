"""Luong's decoder with input feeding over a whole target while it is trained (native/fed.hpp), on addresses
of contiguous float32 arrays. Nothing is checked.

T steps, N rows, S source positions, D features of a state and of a key, H of a value.
"""

from ctypes import POINTER, Structure, byref, c_int64, c_void_p

from seqloom.kernel.library import check, opened


class FedLayer(Structure):
    """R and W [4 D, D], b [4 D]; the gates a [T, N, 4 D]; hs and cs [T + 1, N, D], whose first is there;
    us = tanh(c). The lowest layer has no W, b and noise. Where there is noise, what enters is kept."""

    _fields_ = [
        *((name, c_void_p) for name in ("R", "W", "b", "noise")),
        ("noise_step", c_int64),
        *((name, c_void_p) for name in ("entering", "a", "hs", "cs", "us", "da", "dh", "dc")),
    ]


class Fed(Structure):
    """The decoder. z is what s~ was before its noise, and is there if that (`kept`) is. `rounded`
    multiplies in bfloat16 (tiles.py)."""

    _fields_ = [
        *((name, c_int64) for name in ("T", "N", "S", "D", "H", "layers", "threads", "rounded")),
        *((name, c_void_p) for name in ("F", "W_c", "projected", "keys", "values", "padding")),
        ("kept", c_void_p),
        ("kept_step", c_int64),
        ("layer", POINTER(FedLayer)),
        *((name, c_void_p) for name in ("z", "s", "weights", "contexts", "ds", "dweights")),
        *((name, c_void_p) for name in ("dz", "dkeys", "dvalues", "dfed")),
    ]


def fed_on(decoder: Fed) -> None:
    """All steps."""
    check(opened().seqloom_fed_on(byref(decoder)))


def fed_back(decoder: Fed) -> None:
    """To dz and da of each step, and the gradients of keys, values and the first states."""
    check(opened().seqloom_fed_back(byref(decoder)))
