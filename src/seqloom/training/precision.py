"""How long the numbers are that matrices are multiplied in (nn/products.py)."""

import torch

_INSTRUCTIONS = ("avx512_bf16", "amx_bf16", "bf16")
"""Of processors that multiply bfloat16: two kinds of x86, and ARM."""


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """The precision of that name; 'auto' takes bfloat16 where the device multiplies it."""
    if name == "auto":
        return torch.bfloat16 if multiplies_bfloat16(device) else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[name]


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether it has instructions for it. Others can be made to, at a loss."""
    if device.type == "cpu":
        has = torch.cpu.get_capabilities()
        return any(has.get(name, False) for name in _INSTRUCTIONS)
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
