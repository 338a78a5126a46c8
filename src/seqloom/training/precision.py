"""How long the numbers are that matrices are multiplied in (nn/products.py)."""

import torch

from seqloom.nn.processor import multiplies_bfloat16


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """The precision of that name; 'auto' takes bfloat16 on a processor that multiplies it."""
    if name == "auto":
        gains = device.type == "cpu" and multiplies_bfloat16()
        return torch.bfloat16 if gains else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[name]
