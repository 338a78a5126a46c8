"""The compiled library: found, opened once, its functions typed (native/api.cpp).

SEQLOOM_KERNEL=0 in the environment leaves it aside: others decode then.
"""

import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_float, c_int, c_int64, c_void_p
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("kernel.so")

_WORD, _HANDLE, _ADDRESS = c_char_p, c_void_p, c_void_p
_FOUR, _FIVE = [_ADDRESS] * 4, [_ADDRESS] * 5
_FUNCTIONS: dict[str, tuple[type | None, list[type]]] = {
    "error": (_WORD, []),
    "set_threads": (None, [c_int]),
    "threads": (c_int, []),
    "handed_new": (_HANDLE, []),
    "handed_free": (None, [_HANDLE]),
    "handed_array": (c_int, [_HANDLE, _WORD, *[_ADDRESS] * 3, c_int64, c_int64, c_int]),
    "handed_word": (c_int, [_HANDLE, _WORD, _WORD]),
    "network_new": (c_int, [_HANDLE, _WORD, POINTER(c_void_p)]),
    "network_free": (None, [_HANDLE]),
    "network_instructions": (_WORD, [_HANDLE]),
    "network_sizes": (None, [_HANDLE, POINTER(c_int64 * 7)]),
    "read": (c_int, [_HANDLE, _ADDRESS, _ADDRESS, c_int64, *[_ADDRESS] * 4]),
    "step": (c_int, [_HANDLE, *_FIVE, c_int64, c_int64, *_FOUR, c_int64, *_FIVE, c_int64]),
    "search": (
        c_int,
        [
            *(_HANDLE, _ADDRESS, _ADDRESS, c_int64, _ADDRESS),
            *(c_int64, c_int64, c_int64, c_double, POINTER(c_void_p)),
        ],
    ),
    "outputs_sizes": (None, [_HANDLE, POINTER(c_int64 * 4)]),
    "outputs_read": (None, [_HANDLE, *[_ADDRESS] * 7]),
    "outputs_free": (None, [_HANDLE]),
    "lstm_on": (None, [_ADDRESS, _ADDRESS, c_int64, c_int64, *[_ADDRESS] * 3]),
    "lstm_back": (None, [*_FOUR, c_int64, c_int64, _ADDRESS, _ADDRESS]),
    "gru_on": (None, [*_FOUR, c_int64, c_int64, _ADDRESS, _ADDRESS]),
    **{
        f"entropy{bits}": (None, [*[_ADDRESS] * 3, c_int64, c_int64, c_float, *[_ADDRESS] * 3])
        for bits in (16, 32)
    },
    "ask_on": (None, [*_FOUR, *[c_int64] * 4, _ADDRESS, _ADDRESS]),
    "ask_back": (None, [*[_ADDRESS] * 7, *[c_int64] * 4, *[_ADDRESS] * 3]),
    "gru_back": (None, [*[_ADDRESS] * 3, c_int64, c_int64, *[_ADDRESS] * 3]),
    "rounds": (c_int, []),
    "round": (c_int, [_ADDRESS, *[c_int64] * 4, _ADDRESS, c_int]),
    "rounded_product": (
        c_int,
        [_ADDRESS, c_int64, c_int64, _ADDRESS, *[c_int64] * 3, _ADDRESS, _ADDRESS, c_int],
    ),
    **{f"fed_{way}": (c_int, [_ADDRESS]) for way in ("on", "back")},
}


@cache
def library() -> ctypes.CDLL | None:
    """None if it was not built here, or was built for another kind of machine."""
    try:
        opened = ctypes.CDLL(str(FILE))
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(opened, f"seqloom_{name}")
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return opened


def available() -> bool:
    """Whether the kernel was built with this install, and is wanted."""
    return os.environ.get("SEQLOOM_KERNEL") != "0" and library() is not None


def opened() -> ctypes.CDLL:
    """The library; asks for `available`."""
    found = library()
    assert found is not None, "the kernel was not built; ask `available` first"
    return found


def set_threads(count: int) -> None:
    """How many threads decode a batch, each some of its sources; 1 at first. For the process."""
    opened().seqloom_set_threads(count)


def num_threads() -> int:
    """What `set_threads` set."""
    return int(opened().seqloom_threads())


def check(status: int) -> None:
    """Raise what a call reported: MemoryError, or ValueError for weights that make no network."""
    if status == 2:
        raise MemoryError("the decoding kernel found no memory")
    if status:
        raise ValueError(opened().seqloom_error().decode())
