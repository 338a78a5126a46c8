"""An ONNX graph under construction: nodes are written one by one, and every value is known by a name.

    g = Graph()
    x = g.input("x", FLOAT, ("rows", 3))
    g.output("y", g.op("Tanh", g.linear(x, layer)), FLOAT, ("rows", 5))
    model = g.model("example")

Weights that occur twice are stored once. In 8 bits a matrix is kept as the kernel has it
(kernel/rounding.py): whole numbers as the model orders them, with one factor for each output. Nodes
make it a matrix again and bring it into the order that a graph wants, which a runtime does once when
it loads.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)
from torch import Tensor, nn

from seqloom.errors import UserError
from seqloom.kernel import rounded

FLOAT, INT64, INT32, BOOL = (
    TensorProto.FLOAT,
    TensorProto.INT64,
    TensorProto.INT32,
    TensorProto.BOOL,
)
OPSET, IR = 17, 8
"""Old enough for runtimes of 2022."""

Value = str
"""The name of what a node made, of an input or of a constant."""
Shape = Sequence[str | int]
"""Sizes, those that are not known by name."""


class Part(NamedTuple):
    """A value that goes from one graph to another, or from one step to the next."""

    name: str
    value: Value
    shape: Shape
    kind: int = FLOAT


class Graph:
    """`int8` keeps matrices in 8 bits."""

    def __init__(self, *, int8: bool = False) -> None:
        self.int8 = int8
        self._ahead: list[NodeProto] = []
        self._scopes: list[list[NodeProto]] = [[]]
        self._constants: dict[bytes, Value] = {}
        self._weights: dict[bytes, Value] = {}
        self._initializers: list[TensorProto] = []
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []
        self._count = 0

    def input(self, name: str, kind: int, shape: Shape) -> Value:
        self._inputs.append(helper.make_tensor_value_info(name, kind, list(shape)))
        return name

    def output(self, name: str, value: Value, kind: int, shape: Shape) -> None:
        self._node("Identity", [value], [name], {})
        self._outputs.append(helper.make_tensor_value_info(name, kind, list(shape)))

    def op(self, kind: str, *inputs: Value, **attributes: Any) -> Value:
        """A node with one output."""
        (value,) = self.ops(kind, inputs, 1, **attributes)
        return value

    def ops(
        self, kind: str, inputs: Sequence[Value], outputs: int, **attributes: Any
    ) -> tuple[Value, ...]:
        """A node with several outputs."""
        names = tuple(self.fresh(kind.lower()) for _ in range(outputs))
        self._node(kind, inputs, names, attributes)
        return names

    def ints(self, *values: int) -> Value:
        """A list of numbers, as shapes and axes are."""
        return self.constant(np.array(values, dtype=np.int64))

    def real(self, value: float) -> Value:
        return self.constant(np.float32(value))

    def constant(self, array: NDArray[Any] | np.generic) -> Value:
        """Kept as it is."""
        array = np.asarray(array)
        key = _key(array)
        if key not in self._constants:
            name = self.fresh("constant")
            self._initializers.append(numpy_helper.from_array(array, name))
            self._constants[key] = name
        return self._constants[key]

    def weight(self, weight: Tensor | NDArray[np.float32]) -> Value:
        """Parameters; in 8 bits if they are a matrix, whose rows are outputs."""
        array = to_numpy(weight) if isinstance(weight, Tensor) else weight
        if not self.int8 or array.ndim < 2:
            return self.constant(array)
        key = _key(array)
        if key not in self._weights:
            numbers, factors = rounded(array)
            with self.ahead():
                cast = self.op("Cast", self.constant(numbers), to=FLOAT)
                self._weights[key] = self.op("Mul", cast, self.constant(factors))
        return self._weights[key]

    def transposed(self, weight: Tensor) -> Value:
        """A matrix whose columns are outputs."""
        if not self.int8:
            return self.constant(to_numpy(weight).T.copy())
        key = b"T" + _key(to_numpy(weight))
        if key not in self._weights:
            with self.ahead():
                self._weights[key] = self.op("Transpose", self.weight(weight), perm=[1, 0])
        return self._weights[key]

    @contextmanager
    def ahead(self) -> Generator[None]:
        """Nodes written inside stand in front of all others, where every scope sees what they make."""
        self._scopes.append(self._ahead)
        try:
            yield
        finally:
            self._scopes.pop()

    def linear(self, x: Value, layer: nn.Linear) -> Value:
        """W x + b for each row of x, [N, I]."""
        weights = [self.weight(layer.weight)]
        if layer.bias is not None:  # pyright: ignore[reportUnnecessaryComparison]
            weights.append(self.weight(layer.bias))
        return self.op("Gemm", x, *weights, transB=1)

    def project(self, x: Value, weight: Tensor, bias: Tensor | None = None) -> Value:
        """W x + b for the last axis of x, however many others it has."""
        y = self.op("MatMul", x, self.transposed(weight))
        return y if bias is None else self.op("Add", y, self.weight(bias))

    def norm(self, x: Value, norm: nn.LayerNorm) -> Value:
        """Layer normalisation of the last axis."""
        shift = [] if norm.bias is None else [self.weight(norm.bias)]  # pyright: ignore[reportUnnecessaryComparison]
        gain = self.weight(norm.weight)
        return self.op("LayerNormalization", x, gain, *shift, axis=-1, epsilon=norm.eps)

    def size(self, value: Value, axis: int) -> Value:
        """The size of one axis, as a list of one number."""
        return self.op("Shape", value, start=axis, end=axis + 1)

    def shape(self, *sizes: Value | int) -> Value:
        """Sizes put together, for Reshape and Expand."""
        parts = [self.ints(size) if isinstance(size, int) else size for size in sizes]
        return self.op("Concat", *parts, axis=0)

    def unsqueeze(self, value: Value, axis: int) -> Value:
        return self.op("Unsqueeze", value, self.ints(axis))

    def squeeze(self, value: Value, axis: int) -> Value:
        return self.op("Squeeze", value, self.ints(axis))

    def reshape(self, value: Value, *sizes: int) -> Value:
        """0 keeps a size, -1 is what remains."""
        return self.op("Reshape", value, self.ints(*sizes))

    def counted(self, first: int, last: Value) -> Value:
        """first, first + 1, .. before `last`, a single number."""
        begin, step = self.constant(np.int64(first)), self.constant(np.int64(1))
        return self.op("Range", begin, last, step)

    @contextmanager
    def body(self) -> Generator["Body"]:
        """Nodes written inside belong to the body of a loop; it sees all values outside."""
        body = Body(self)
        self._scopes.append(body.nodes)
        try:
            yield body
        finally:
            self._scopes.pop()

    def model(self, name: str, about: str = "") -> ModelProto:
        """The finished file."""
        inputs, outputs = self._inputs, self._outputs
        nodes = [*self._ahead, *self._scopes[0]]
        graph = helper.make_graph(nodes, name, inputs, outputs, self._initializers, about)
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, producer_name="seqloom")
        model.ir_version = IR
        return model

    def fresh(self, stem: str) -> Value:
        """A name that nothing has yet."""
        self._count += 1
        return f"{stem}_{self._count}"

    def _node(
        self, kind: str, inputs: Sequence[Value], outputs: Sequence[Value], about: dict[str, Any]
    ) -> None:
        self._scopes[-1].append(helper.make_node(kind, list(inputs), list(outputs), **about))


class Body:
    """The inside of a loop."""

    def __init__(self, graph: Graph) -> None:
        self.nodes: list[NodeProto] = []
        self._graph = graph
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []

    def input(self, kind: int, shape: Shape) -> Value:
        """What the loop hands in. Sizes known by name only may change from step to step."""
        name = self._graph.fresh("inside")
        sizes = [size if isinstance(size, int) else None for size in shape]
        self._inputs.append(helper.make_tensor_value_info(name, kind, sizes))
        return name

    def output(self, value: Value, kind: int) -> None:
        """What the loop takes out."""
        # A name of its own: a value must not leave twice.
        name = self._graph.op("Identity", value)
        self._outputs.append(helper.make_tensor_value_info(name, kind, None))

    def graph(self) -> GraphProto:
        return helper.make_graph(self.nodes, "body", self._inputs, self._outputs)


def to_numpy(weight: Tensor) -> NDArray[np.float32]:
    """Parameters as 32-bit numbers."""
    return weight.detach().to("cpu", torch.float32).numpy()


def not_yet(part: object) -> UserError:
    """What to say of a part of a model that no nodes have been written for."""
    return UserError(
        f"This model cannot be exported yet, because nobody has written {type(part).__name__} as ONNX "
        "nodes. Use its run folder, with seqloom[train]."
    )


def _key(array: NDArray[Any]) -> bytes:
    about = f"{array.dtype} {array.shape} ".encode()
    return sha256(about + np.ascontiguousarray(array).tobytes()).digest()
