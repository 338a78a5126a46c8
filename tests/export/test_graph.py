"""What the writer of graphs promises of weights."""

import numpy as np
import onnxruntime
import torch

from seqloom.export.graph import FLOAT, Graph


def run(g: Graph, **given: np.ndarray) -> np.ndarray:
    model = g.model("test").SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, given)[0]


def test_a_matrix_in_8_bits_is_rounded_to_127_steps_each_way_of_every_output():
    weight = np.array([[1.27, 0.634, -0.01], [254.0, 3.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    g = Graph(int8=True)
    g.output("w", g.weight(weight), FLOAT, (3, 3))
    # Steps of 0.01 in the first row and of 2 in the second, where 3 / 2 is rounded to even.
    expected = [[1.27, 0.63, -0.01], [254.0, 4.0, 0.0], [0.0, 0.0, 0.0]]
    np.testing.assert_allclose(run(g), expected, rtol=1e-6)


def test_the_same_weight_is_stored_once():
    weight = torch.ones(50, 40)
    once, twice = Graph(), Graph()
    once.output("w", once.weight(weight), FLOAT, (50, 40))
    twice.output(
        "w", twice.op("Add", twice.weight(weight), twice.weight(weight.clone())), FLOAT, (50, 40)
    )
    sizes = [len(g.model("test").SerializeToString()) for g in (once, twice)]
    assert sizes[1] - sizes[0] < 100


def test_a_value_inside_a_loop_may_use_weights_that_are_first_met_there():
    g = Graph(int8=True)
    x = g.input("x", FLOAT, ("steps", 2))
    weight = torch.tensor([[1.0, 2.0]])
    with g.body() as body:
        step = body.input(FLOAT, (2,))
        body.output(g.op("Mul", step, g.weight(weight)), FLOAT)
    [scaled] = g.ops("Scan", [x], 1, body=body.graph(), num_scan_inputs=1)
    g.output("y", scaled, FLOAT, ("steps", 1, 2))
    found = run(g, x=np.array([[1, 1], [3, 5]], dtype=np.float32))
    np.testing.assert_allclose(found[:, 0], [[1, 2], [3, 10]], rtol=1e-2)
