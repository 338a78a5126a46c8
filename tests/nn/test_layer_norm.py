"""Cells with layer normalisation: one step of two units by hand, and what normalisation is there for."""

from math import exp, sqrt, tanh

import pytest
import torch
from torch import Tensor, nn

from seqloom.nn.cells.cell import Affine
from seqloom.nn.cells.layer_norm import LayerNormElman, LayerNormGRU, LayerNormLSTM

X = 2.0
EACH = [LayerNormElman, LayerNormLSTM, LayerNormGRU]
each_cell = pytest.mark.parametrize("kind", EACH, ids=lambda kind: kind.__name__)


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def norm(*values: float, gain: float = 1.0) -> list[float]:
    """To mean 0 and variance 1."""
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return [gain * (value - mean) / sqrt(variance + 1e-5) for value in values]


def added(*terms: list[float]) -> list[float]:
    return [sum(values) for values in zip(*terms, strict=True)]


def fill(cell: Affine, **weights: object) -> Affine:
    """Weights by name; a dot stands as two underscores."""
    with torch.no_grad():
        for name, values in weights.items():
            parameter = cell.get_parameter(name.replace("__", "."))
            parameter.copy_(torch.tensor(values).expand_as(parameter))
    return cell.double()


def diagonal(blocks: list[float]) -> list[list[float]]:
    """R whose block k sends unit 0 to itself by blocks[k], and unit 1 by twice that."""
    return [row for r in blocks for row in ([r, 0.0], [0.0, 2 * r])]


def stepped(cell: Affine, *state: list[float]) -> list[list[float]]:
    before = tuple(torch.tensor([part]).double() for part in state)
    after = cell(cell.project(torch.tensor([[X]]).double()), before)
    return [part[0].tolist() for part in after]


def test_an_elman_step_by_hand():
    cell = fill(
        LayerNormElman(1, 2), W=[[0.5], [-0.3]], R=diagonal([0.7]), b=[0.1, 0.2], norm__weight=1.5
    )
    a = norm(0.5 * X + 0.7 * 0.4, -0.3 * X + 1.4 * -0.6, gain=1.5)
    [h] = stepped(cell, [0.4, -0.6])
    assert h == pytest.approx([tanh(a[0] + 0.1), tanh(a[1] + 0.2)])


def test_an_lstm_step_by_hand():
    # Gates in the order input, forget, output, candidate, of two units each.
    W = [0.1, 0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8]
    R, b, h, c = [0.5, -0.5, 1.0, 0.3], [0.1 * k for k in range(8)], [0.4, -0.6], [0.9, -1.0]
    cell = fill(
        LayerNormLSTM(1, 2), W=[[w] for w in W], R=diagonal(R), b=b, norm_x__weight=1.5,
        norm_h__weight=0.5, norm_c__weight=2.0, norm_c__bias=0.3,
    )  # fmt: skip
    of_x = norm(*(w * X for w in W), gain=1.5)
    of_h = norm(*(k * r * h[unit] for r in R for unit, k in enumerate([1, 2])), gain=0.5)
    z = added(of_x, of_h, b)
    new_c = [sigmoid(z[2 + u]) * c[u] + sigmoid(z[u]) * tanh(z[6 + u]) for u in (0, 1)]
    shown = [value + 0.3 for value in norm(*new_c, gain=2.0)]
    new_h = [sigmoid(z[4 + u]) * tanh(shown[u]) for u in (0, 1)]
    assert stepped(cell, h, c) == [pytest.approx(new_h), pytest.approx(new_c)]


def test_a_gru_step_by_hand():
    # Gates in the order reset, update, candidate, of two units each.
    W, R, h = [0.1, 0.2, 0.3, 0.4, -0.5, 0.6], [0.5, -0.5, 1.0], [0.4, -0.6]
    b = [0.1 * k for k in range(6)]
    cell = fill(
        LayerNormGRU(1, 2), W=[[w] for w in W], R=diagonal(R), b=b, norm_x_rz__weight=1.5,
        norm_h_rz__weight=0.5, norm_x_n__weight=0.8, norm_h_n__weight=2.0, norm_h_n__bias=0.3,
    )  # fmt: skip
    of_h = [k * r * h[unit] for r in R for unit, k in enumerate([1, 2])]
    gates = added(norm(*(w * X for w in W[:4]), gain=1.5), norm(*of_h[:4], gain=0.5), b[:4])
    r, z = [sigmoid(a) for a in gates[:2]], [sigmoid(a) for a in gates[2:]]
    from_x = added(norm(*(w * X for w in W[4:]), gain=0.8), b[4:])
    inner = [value + 0.3 for value in norm(*of_h[4:], gain=2.0)]
    n = [tanh(from_x[u] + r[u] * inner[u]) for u in (0, 1)]
    [new] = stepped(cell, h)
    assert new == pytest.approx([z[u] * h[u] + (1 - z[u]) * n[u] for u in (0, 1)])


def drawn(kind: type[Affine]) -> tuple[Affine, Tensor]:
    torch.manual_seed(31)
    cell = kind(7, 5)
    for weight in cell.parameters():
        nn.init.normal_(weight)
    return cell.double(), torch.randn(3, 2, 7).double()


@each_cell
def test_how_large_weights_and_inputs_are_makes_no_difference(kind):
    cell, x = drawn(kind)
    expected = cell.scan(cell.project(x), cell.start(2))
    with torch.no_grad():
        cell.W.mul_(10)
        cell.R.mul_(10)
    found = cell.scan(cell.project(x), cell.start(2))
    for part, expected_part in zip(found, expected, strict=True):
        torch.testing.assert_close(part, expected_part, rtol=0, atol=1e-3)
