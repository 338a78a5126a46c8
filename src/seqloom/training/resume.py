"""What may change when a run goes on: its budget and its pace, not what it is.

A run is a place in a sequence of batches, on the way of one model. Other data, another seed or other
sizes would make it neither the old run nor a new one.
"""

from pathlib import Path
from typing import Any

from seqloom.config import AnyRecipe
from seqloom.errors import UserError

FREE = frozenset({"name", "description", "expected", "metrics", "search", "generation"})
"""Sections that say nothing about training."""
PACE = frozenset(
    {
        "optimizer", "schedule", "clip", "max_epochs", "max_updates", "max_minutes",
        "min_updates", "patience", "validate_every", "checkpoint_every", "average_over", "device",
        "precision", "threads", "tensorboard",
    }
)  # fmt: skip
"""Settings of training that may be another from here on."""


def refuse_other(new: AnyRecipe, old: AnyRecipe, folder: Path) -> None:
    """Raises UserError, naming the setting, if a run would go on as something else."""
    for name, was, now in _differences(old.model_dump(mode="json"), new.model_dump(mode="json")):
        section, _, rest = name.partition(".")
        pace = section == "training" and rest.partition(".")[0] in PACE
        if section in FREE or (pace and name != "training.optimizer.kind"):
            continue
        raise UserError(
            f"{folder}: {name} must stay as it was when a run goes on, but was {was} and is now "
            f"{now}. For other settings start anew with another --out, without --resume."
        )


def _differences(old: Any, new: Any, name: str = "") -> list[tuple[str, Any, Any]]:
    if old == new:
        return []
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [(name, old, new)]
    found: list[tuple[str, Any, Any]] = []
    for key in sorted({*old, *new}):
        below = f"{name}.{key}" if name else str(key)
        found.extend(_differences(old.get(key), new.get(key), below))
    return found
