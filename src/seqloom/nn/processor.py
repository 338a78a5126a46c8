"""What the processor has instructions for, as far as torch can say; an older torch says nothing."""

from functools import cache
from typing import Any

import torch

_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")
"""Two kinds of x86, and ARM."""


def multiplies_bfloat16() -> bool:
    """Whether bfloat16 is the faster choice here: by instructions, and by the library that uses them."""
    return _onednn() and any(_capabilities().get(name, False) for name in _BFLOAT16)


def left_half_used() -> bool:
    """Whether torch's usual library (MKL) leaves out half of what the processor could do with floats, and
    the function is there that asks another one."""
    amd = str(_capabilities().get("cpu_name", "")).startswith("AMD")
    return amd and bool(_capabilities().get("avx512_f")) and _onednn() and _linear_is_there()


@cache
def _capabilities() -> dict[str, Any]:
    return dict(getattr(torch.cpu, "get_capabilities", dict)())


def _onednn() -> bool:
    return torch.backends.mkldnn.is_available()


@cache
def _linear_is_there() -> bool:
    return hasattr(torch.ops.mkldnn, "_linear_pointwise")
