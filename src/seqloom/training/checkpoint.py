"""A checkpoint: the whole state of a run in one file, so that a resumed run equals one never stopped.

Tensors, by name:
    model/NAME             weights
    average/NAME           their moving average
    optimizer/INDEX/KEY    what the optimizer remembers of each weight
    random/DEVICE          the state of torch's generators
    carried/NAME           what the task carries from batch to batch
and in the file's header, as JSON, the `Progress` of the loop. No pickle: reading one runs no code.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from seqloom.errors import UserError
from seqloom.models.folder import save_tensors
from seqloom.training.average import put
from seqloom.training.loop import Fit
from seqloom.training.progress import Progress


def save_checkpoint(path: Path, run: Fit) -> None:
    """Write the state of a run between two updates."""
    tensors = {f"model/{name}": w.detach() for name, w in run.model.named_parameters()}
    if run.average is not None:
        tensors |= {f"average/{name}": w for name, w in run.average.weights.items()}
    for index, memory in run.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer/{index}/{key}": value for key, value in _tensors(memory)}
    tensors |= {f"carried/{name}": state.detach() for name, state in run.task.carried().items()}
    tensors["random/cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random/cuda"] = torch.cuda.get_rng_state()
    save_tensors(path, tensors, {"progress": json.dumps(run.progress.to_json())})


def _tensors(memory: dict[str, Any]) -> list[tuple[str, Tensor]]:
    return [(key, value) for key, value in memory.items() if isinstance(value, Tensor)]


def load_checkpoint(path: Path, run: Fit) -> None:
    """Put a run back where it was. Raises UserError if the file cannot be used."""
    tensors, progress = read_checkpoint(path)
    groups = _by_prefix(tensors)
    try:
        put(groups["model"], run.model)
        if run.average is not None:
            for name, weight in run.average.weights.items():
                weight.copy_(groups["average"][name])  # stays on its device
        state = run.optimizer.state_dict()
        state["state"] = _optimizer_memory(groups.get("optimizer", {}))
        run.optimizer.load_state_dict(state)
        run.task.carry(groups.get("carried", {}))
    except (KeyError, RuntimeError, ValueError) as error:
        raise UserError(
            f"{path}: this checkpoint does not fit the run's config.yaml ({error}). "
            "Start again with another --out, or restore the config it was written with."
        ) from error
    torch.set_rng_state(groups["random"]["cpu"])
    if "cuda" in groups["random"] and torch.cuda.is_available():
        torch.cuda.set_rng_state(groups["random"]["cuda"])
    run.progress = progress


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], Progress]:
    """The tensors and the progress in a file."""
    try:
        with safe_open(path, framework="pt") as file:
            progress = Progress.from_json(json.loads(file.metadata()["progress"]))
            return {name: file.get_tensor(name) for name in file.keys()}, progress  # noqa: SIM118
    except FileNotFoundError:
        raise UserError(f"{path}: no checkpoint to resume from. Start without --resume.") from None
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        raise UserError(
            f"{path}: not a whole checkpoint ({error}). Start again with another --out."
        ) from error


def _by_prefix(tensors: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    groups: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        prefix, _, rest = name.partition("/")
        groups.setdefault(prefix, {})[rest] = tensor
    return groups


def _optimizer_memory(tensors: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    memory: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        index, _, key = name.partition("/")
        memory.setdefault(int(index), {})[key] = tensor
    return memory
