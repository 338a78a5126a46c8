"""Where the arithmetic runs."""

import torch

from seqloom.errors import UserError


def choose_device(name: str) -> torch.device:
    """The device of that name; 'auto' takes a GPU if there is one.

    Raises UserError if it is not there.
    """
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.mps.is_available()}
    if name == "auto":
        name = "cuda" if present["cuda"] else "mps" if present["mps"] else "cpu"
    if not present[name]:
        here = ", ".join(device for device, there in present.items() if there)
        raise UserError(
            f"device '{name}' is not there: this machine has {here}. Choose one of these "
            "(training.device to train, --device to predict)."
        )
    return torch.device(name)
