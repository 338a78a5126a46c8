"""The ways in which a model of ours can answer, opened as a user opens them.

    torch    a run, by torch's own operators: what answers on other devices, and for models that the
             kernel does not know
    kernel   an exported folder, by the compiled kernel, which is what answers where it was built
    onnx     the same folder, by ONNX Runtime, which SEQLOOM_KERNEL=0 asks for

Which of them answers is checked, so that no row of a table has the figures of another.
"""

import os
from pathlib import Path
from typing import Any, NamedTuple

import seqloom
from seqloom.text.pair import PairCodec

EXPORT = "export"
"""The folder, inside that of a run, that it is exported to."""

_ANSWERING = {"torch": "ModelStepper", "kernel": "KernelStepper", "onnx": "OnnxStepper"}


class Opened(NamedTuple):
    """What searches drive, what reads and writes text for it, and the recipe."""

    stepper: Any
    codec: PairCodec
    recipe: Any


def opened(way: str, folder: Path) -> Opened:
    """A run for torch, an exported folder for the others. OMP_NUM_THREADS says how many threads."""
    if way == "onnx":
        os.environ["SEQLOOM_KERNEL"] = "0"
    model: Any = seqloom.load(folder, "cpu")
    stepper = _of_torch(model) if way == "torch" else model.answering.stepper()
    found = type(stepper).__name__
    assert found == _ANSWERING[way], f"{way} was asked for, but {found} answers"
    return Opened(stepper, model.codec, model.recipe)


def _of_torch(model: Any) -> Any:
    """A run on the CPU would answer by the kernel as well."""
    from seqloom.models.stepper import ModelStepper

    return ModelStepper(model.run.model)
