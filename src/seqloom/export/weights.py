"""One file for the weights of all graphs, and of the kernel.

The graphs of a model have most of their weights in common. Each large constant is kept once, in
`weights.safetensors`, and the graphs say where in it: ONNX calls that external data. The model's own
weights stand there too, by their names, as in a run folder, and in 8 bits as whole numbers and
`NAME.factors`; where a graph takes one as it is, the two are the same bytes. What a graph takes in
another order has a name of its own.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, numpy_helper
from onnx.external_data_helper import set_external_data
from safetensors.numpy import save

from seqloom.runtime import GRAPH_ONLY

Array = NDArray[Any]

_LARGE = 1024
"""Bytes; what is smaller stays in the graph."""


def move_weights(graphs: Iterable[ModelProto], own: Mapping[str, Array], path: Path) -> None:
    """Write the large constants of the graphs, and the model's `own` weights, into one file."""
    tensors = dict(own)
    names = {_key(array): name for name, array in own.items()}
    moved: list[tuple[TensorProto, str]] = []
    for graph in graphs:
        for constant in graph.graph.initializer:
            array = numpy_helper.to_array(constant)
            if array.nbytes < _LARGE:
                continue
            name = names.setdefault(_key(array), f"{GRAPH_ONLY}{len(tensors)}")
            tensors.setdefault(name, array)
            moved.append((constant, name))
    path.unlink(missing_ok=True)  # who has an older file open keeps it
    path.write_bytes(save({name: np.ascontiguousarray(a) for name, a in tensors.items()}))
    places = _places(path)
    for constant, name in moved:
        first, last = places[name]
        set_external_data(constant, path.name, first, last - first)
        constant.ClearField("raw_data")


def _places(path: Path) -> dict[str, tuple[int, int]]:
    """Where each tensor begins and ends: 8 bytes say how long the header is, which is JSON."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(size))
    offsets = {name: about["data_offsets"] for name, about in header.items()}
    return {name: (8 + size + first, 8 + size + last) for name, (first, last) in offsets.items()}


def _key(array: Array) -> bytes:
    about = f"{array.dtype} {array.shape} ".encode()
    return sha256(about + np.ascontiguousarray(array).tobytes()).digest()
