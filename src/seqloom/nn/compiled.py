"""Whether training takes the compiled way (kernel/gates.py, asking.py, entropy.py), which goes over memory
once where torch goes a dozen times; else torch takes it, in any precision and on any device."""

import torch
from torch import Tensor

from seqloom.kernel import available


def compiled(like: Tensor) -> bool:
    """For tensors like this one."""
    return like.dtype == torch.float32 and like.device.type == "cpu" and available()
