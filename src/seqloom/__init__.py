"""seqloom: sequence-to-sequence models with attention.

The public names, imported when they are first asked for, so that `import seqloom` needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqloom.answering import PairScore
    from seqloom.api import load, train
    from seqloom.config import Recipe
    from seqloom.data.example import Example
    from seqloom.errors import UserError
    from seqloom.evaluation import Evaluation
    from seqloom.model import Explanation, Model
    from seqloom.predict import Output, Result

_HOMES = {
    "Evaluation": "seqloom.evaluation",
    "Example": "seqloom.data.example",
    "Explanation": "seqloom.model",
    "Model": "seqloom.model",
    "Output": "seqloom.predict",
    "PairScore": "seqloom.answering",
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
    from seqloom.extras import needs
    from seqloom.tuning import tune

    tune()
    with needs("train", f"seqloom.{name}"):
        return getattr(import_module(_HOMES[name]), name)
