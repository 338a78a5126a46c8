"""seqloom: sequence-to-sequence models with attention.

The public names, imported when they are first asked for, so that `import seqloom` needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqloom.api import Evaluation, Explanation, Model, PairScore, load, train
    from seqloom.config import Recipe
    from seqloom.data.example import Example
    from seqloom.errors import UserError
    from seqloom.predict import Output, Result

_HOMES = {
    "Evaluation": "seqloom.api",
    "Example": "seqloom.data.example",
    "Explanation": "seqloom.api",
    "Model": "seqloom.api",
    "Output": "seqloom.predict",
    "PairScore": "seqloom.api",
    "Recipe": "seqloom.config",
    "Result": "seqloom.predict",
    "UserError": "seqloom.errors",
    "load": "seqloom.api",
    "train": "seqloom.api",
}

__all__ = [
    "Evaluation",
    "Example",
    "Explanation",
    "Model",
    "Output",
    "PairScore",
    "Recipe",
    "Result",
    "UserError",
    "load",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'seqloom' has no attribute {name!r}")
    from seqloom.threads import spin_shortly

    spin_shortly()
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "safetensors", "jaxtyping"):
            raise
        from seqloom.errors import MissingExtra

        raise MissingExtra(f"seqloom.{name}", "train") from None
