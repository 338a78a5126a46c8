"""Whether the pointwise part of a scan is the compiled one (kernel/gates.py), which takes a step in one
pass over memory instead of a dozen; else torch takes it, in any precision and on any device."""

import torch
from torch import Tensor

from seqloom.kernel import available


def compiled(like: Tensor) -> bool:
    """For a scan over tensors like this one."""
    return like.dtype == torch.float32 and like.device.type == "cpu" and available()
