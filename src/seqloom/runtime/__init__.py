"""Answering with an exported folder: the compiled kernel or onnxruntime, no torch (extra `runtime`)."""

from seqloom.runtime.folder import (
    DESCRIPTION,
    ENCODER,
    FORMAT,
    GRAPH_ONLY,
    GRAPHS,
    GREEDY,
    STEP,
    WEIGHTS,
    Checked,
    Description,
    is_export,
    read_description,
)
from seqloom.runtime.run import OnnxRun, compiled, load_export
from seqloom.runtime.session import OnnxStepper

__all__ = [
    "DESCRIPTION",
    "ENCODER",
    "FORMAT",
    "GRAPHS",
    "GRAPH_ONLY",
    "GREEDY",
    "STEP",
    "WEIGHTS",
    "Checked",
    "Description",
    "OnnxRun",
    "OnnxStepper",
    "compiled",
    "is_export",
    "load_export",
    "read_description",
]
