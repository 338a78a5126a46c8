"""Whether training takes the compiled way, which goes over memory once where torch goes a dozen times; else
torch takes it, in any precision and on any device.

    compiled    what stands between products: kernel/gates.py, asking.py, entropy.py
    whole       a decoder's loop with its products: kernel/fed.py
"""

import torch
from torch import Tensor

from seqloom.kernel import available
from seqloom.nn.factors import Bfloat16
from seqloom.nn.products import factor

_FEW = 4
"""Steps below which it is not worth while to pack weights for them."""


def compiled(like: Tensor) -> bool:
    """For tensors like this one."""
    return like.dtype == torch.float32 and like.device.type == "cpu" and available()


def whole(sequence: Tensor, weight: Tensor) -> bool:
    """For a loop over a sequence [T, ...] that multiplies with weights like this one."""
    if len(sequence) < _FEW or not compiled(sequence):
        return False
    return not isinstance(factor(weight), Bfloat16)
