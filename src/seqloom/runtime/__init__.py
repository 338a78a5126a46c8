"""Answering with an exported folder: numpy and onnxruntime, no torch (extra `runtime`)."""

from seqloom.runtime.folder import (
    DESCRIPTION,
    ENCODER,
    FORMAT,
    GRAPHS,
    GREEDY,
    STEP,
    Checked,
    Description,
    is_export,
)
from seqloom.runtime.run import OnnxRun, load_export
from seqloom.runtime.session import OnnxStepper

__all__ = [
    "DESCRIPTION",
    "ENCODER",
    "FORMAT",
    "GRAPHS",
    "GREEDY",
    "STEP",
    "Checked",
    "Description",
    "OnnxRun",
    "OnnxStepper",
    "is_export",
    "load_export",
]
