"""A torch model in the compiled kernel (seqloom/kernel): the fastest way to decode on a CPU.

The kernel packs a copy of the weights. It is made when it is first asked for, and again if the
weights have changed since.
"""

import torch

from seqloom.config.recipe import Recipe
from seqloom.kernel import KernelStepper, available, set_threads, why_not
from seqloom.models.encoder_decoder import EncoderDecoder

_Weights = tuple[tuple[int, int], ...]
"""Of each weight where it lies, and how often it was changed there."""


class Compiled:
    """What has been packed of one model, if anything has."""

    def __init__(self) -> None:
        self._packed: tuple[_Weights, KernelStepper | None] = ((), None)

    def stepper(self, recipe: Recipe, model: EncoderDecoder) -> KernelStepper | None:
        """None where torch has to answer: the kernel was not built or is not wanted, the model is
        not on the CPU in 32 bits or is in training, or it has parts that the kernel does not know."""
        if not available() or why_not(recipe) or model.training:
            return None
        weights = _weights(model)
        if weights is not None and weights != self._packed[0]:
            self._packed = weights, _packed(recipe, model)
        return None if weights is None else self._packed[1]


def _weights(model: EncoderDecoder) -> _Weights | None:
    """None if some are not on the CPU in 32 bits."""
    weights = list(model.parameters())  # one walk through the model: this is done for every batch
    if any(weight.dtype != torch.float32 or weight.device.type != "cpu" for weight in weights):
        return None
    return tuple(
        (weight.data_ptr(), weight._version)  # pyright: ignore[reportPrivateUsage]
        for weight in weights
    )


def _packed(recipe: Recipe, model: EncoderDecoder) -> KernelStepper | None:
    try:
        arrays = {name: weight.detach().numpy() for name, weight in model.named_parameters()}
        stepper = KernelStepper(recipe, arrays)
    except ValueError:  # its parts are not those of the recipe: somebody has changed the model
        return None
    set_threads(torch.get_num_threads())
    return stepper
