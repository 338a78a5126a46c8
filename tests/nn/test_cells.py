"""Cells: one unit by hand, a scan against its steps, derivatives, and torch's own cells."""

from copy import deepcopy
from math import exp, tanh

import pytest
import torch
from torch import Tensor, nn

from seqloom.kernel import available
from seqloom.models import build  # noqa: F401  imports every cell there is
from seqloom.nn.cells.cell import Affine, Cell, CellState
from seqloom.nn.cells.elman import Elman
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.compiled import compiled

STEPS, ROWS, INPUTS, HIDDEN = 5, 2, 7, 3
KINDS = Affine.__subclasses__()
each_cell = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
each_with_a_scan_of_its_own = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "scan" in vars(kind)], ids=lambda kind: kind.__name__
)


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def filled(cell: Cell) -> Cell:
    """Every weight drawn at random, the biases included."""
    torch.manual_seed(11)
    for weight in cell.parameters():
        nn.init.normal_(weight, std=0.7)
    return cell.double()


def one_unit(cell: Cell, **weights: list[float]) -> Cell:
    """A cell with one input and one unit, its weights given gate by gate."""
    with torch.no_grad():
        for name, values in weights.items():
            parameter = cell.get_parameter(name)
            parameter.copy_(torch.tensor(values).view_as(parameter))
    return cell.double()


def stepped(cell: Cell, x: float, *state: float) -> list[float]:
    """One step of a cell with one unit."""
    before = tuple(torch.tensor([[part]]).double() for part in state)
    after = cell(cell.project(torch.tensor([[x]]).double()), before)
    return [float(part.detach()) for part in after]


def drawn(cell: Cell) -> tuple[Tensor, CellState]:
    """Projected inputs and a first state, all of which want gradients."""
    torch.manual_seed(13)
    projected = torch.randn(STEPS, ROWS, cell.gates * HIDDEN, dtype=torch.float64)
    state = [torch.randn(ROWS, HIDDEN, dtype=torch.float64) for _ in range(cell.parts)]
    return projected.requires_grad_(), tuple(part.requires_grad_() for part in state)


def looped(cell: Cell, projected: Tensor, state: CellState) -> CellState:
    """What `scan` stands for: `forward` again and again."""
    states = [state := cell(step, state) for step in projected.unbind(0)]
    return tuple(torch.stack(parts) for parts in zip(*states, strict=True))


def test_an_elman_step_by_hand():
    cell = one_unit(Elman(1, 1), W=[0.5], R=[2.0], b=[0.1])
    assert stepped(cell, 3.0, -0.4) == pytest.approx([tanh(0.5 * 3 + 2 * -0.4 + 0.1)])


def test_an_lstm_step_by_hand():
    # Gates in the order input, forget, output, candidate; x = 2, h = 0.5, c = -1.
    cell = one_unit(LSTM(1, 1), W=[0.1, 0.2, 0.3, 0.4], R=[1.0, -1.0, 2.0, 0.0], b=[0, 1, 0, -0.3])
    i = sigmoid(0.1 * 2 + 1.0 * 0.5)
    f = sigmoid(0.2 * 2 - 1.0 * 0.5 + 1)
    o = sigmoid(0.3 * 2 + 2.0 * 0.5)
    g = tanh(0.4 * 2 - 0.3)
    c = f * -1 + i * g
    assert stepped(cell, 2.0, 0.5, -1.0) == pytest.approx([o * tanh(c), c])


def test_a_gru_step_by_hand():
    # Gates in the order reset, update, candidate; x = 2, h = 0.5.
    cell = one_unit(GRU(1, 1), W=[0.1, 0.2, 0.3], R=[1.0, -1.0, 2.0], b=[0, 1, -0.3], b_n=[0.7])
    r = sigmoid(0.1 * 2 + 1.0 * 0.5)
    z = sigmoid(0.2 * 2 - 1.0 * 0.5 + 1)
    n = tanh(0.3 * 2 - 0.3 + r * (2.0 * 0.5 + 0.7))
    assert stepped(cell, 2.0, 0.5) == pytest.approx([z * 0.5 + (1 - z) * n])


@each_cell
def test_a_cell_starts_from_zeros(kind):
    start = kind(INPUTS, HIDDEN).start(ROWS)
    assert len(start) == kind.parts
    assert all(torch.equal(part, torch.zeros(ROWS, HIDDEN)) for part in start)


@each_cell
def test_a_scan_is_a_loop_of_steps(kind):
    cell = filled(kind(INPUTS, HIDDEN))
    projected, state = drawn(cell)
    for scanned, expected in zip(
        cell.scan(projected, state), looped(cell, projected, state), strict=True
    ):
        torch.testing.assert_close(scanned, expected, rtol=0, atol=1e-12)


@each_with_a_scan_of_its_own
def test_the_scan_has_the_derivatives_of_the_loop(kind):
    cell = filled(kind(INPUTS, HIDDEN))
    projected, state = drawn(cell)
    recurrent = [weight for name, weight in cell.named_parameters() if name not in ("W", "b")]
    wanted = [projected, *state, *recurrent]
    random = torch.randn(cell.parts, STEPS, ROWS, HIDDEN, dtype=torch.float64)
    gradients = [
        torch.autograd.grad(way(projected, state), wanted, grad_outputs=tuple(random))
        for way in (cell.scan, lambda *given: looped(cell, *given))
    ]
    for scanned, expected in zip(*gradients, strict=True):
        torch.testing.assert_close(scanned, expected, rtol=0, atol=1e-10)


@each_with_a_scan_of_its_own
def test_the_scan_has_the_derivatives_of_small_differences(kind):
    cell = filled(kind(INPUTS, HIDDEN))
    projected, state = drawn(cell)
    recurrent = [weight for name, weight in cell.named_parameters() if name not in ("W", "b")]
    # gradcheck nudges the weights in place, so it needs no handle on them in the call.
    assert torch.autograd.gradcheck(
        lambda projected, *rest: cell.scan(projected, rest[: cell.parts]),
        (projected, *state, *recurrent),
    )


@pytest.mark.parametrize("part", range(LSTM.parts))
def test_an_lstm_scan_of_which_one_output_is_used_has_the_derivatives_of_the_loop(part):
    cell = filled(LSTM(INPUTS, HIDDEN))
    projected, state = drawn(cell)
    wanted = [projected, *state, cell.R]
    gradients = [
        torch.autograd.grad(way(projected, state)[part].pow(2).sum(), wanted)
        for way in (cell.scan, lambda *given: looped(cell, *given))
    ]
    for scanned, expected in zip(*gradients, strict=True):
        torch.testing.assert_close(scanned, expected, rtol=0, atol=1e-10)


@each_with_a_scan_of_its_own
def test_a_scan_in_which_only_the_last_step_counts_has_the_derivatives_of_the_loop(kind):
    cell = filled(kind(INPUTS, HIDDEN))
    projected, state = drawn(cell)
    gradients = [
        torch.autograd.grad(way(projected, state)[0][-1].sum(), [projected, *state, cell.R])
        for way in (cell.scan, lambda *given: looped(cell, *given))
    ]
    for scanned, expected in zip(*gradients, strict=True):
        torch.testing.assert_close(scanned, expected, rtol=0, atol=1e-10)


def in_order(weight: Tensor, blocks: list[int]) -> Tensor:
    """The gates' blocks of a weight in another order."""
    parts = weight.chunk(len(blocks))
    return torch.cat([parts[block] for block in blocks])


def sequence() -> Tensor:
    return torch.randn(STEPS, ROWS, INPUTS, dtype=torch.float64)


def test_the_elman_cell_is_torchs():
    ours, theirs = filled(Elman(INPUTS, HIDDEN)), nn.RNN(INPUTS, HIDDEN).double()
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(ours.W)
        theirs.weight_hh_l0.copy_(ours.R)
        theirs.bias_ih_l0.copy_(ours.b)
        theirs.bias_hh_l0.zero_()
    x = sequence()
    (h,) = ours.scan(ours.project(x), ours.start(ROWS))
    torch.testing.assert_close(h, theirs(x)[0], rtol=0, atol=1e-12)


def test_the_lstm_is_torchs():
    # Ours: input, forget, output, candidate. Theirs: input, forget, candidate, output.
    ours, theirs = filled(LSTM(INPUTS, HIDDEN)), nn.LSTM(INPUTS, HIDDEN).double()
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(in_order(ours.W, [0, 1, 3, 2]))
        theirs.weight_hh_l0.copy_(in_order(ours.R, [0, 1, 3, 2]))
        theirs.bias_ih_l0.copy_(in_order(ours.b, [0, 1, 3, 2]))
        theirs.bias_hh_l0.zero_()
    x = sequence()
    h, c = ours.scan(ours.project(x), ours.start(ROWS))
    expected, (_, last_c) = theirs(x)
    torch.testing.assert_close(h, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(c[-1], last_c[0], rtol=0, atol=1e-12)


def test_the_gru_is_torchs():
    # Both: reset, update, candidate; theirs has a second bias, of which ours has the last block.
    ours, theirs = filled(GRU(INPUTS, HIDDEN)), nn.GRU(INPUTS, HIDDEN).double()
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(ours.W)
        theirs.weight_hh_l0.copy_(ours.R)
        theirs.bias_ih_l0.copy_(ours.b)
        theirs.bias_hh_l0.copy_(torch.cat([torch.zeros(2 * HIDDEN), ours.b_n]))
    x = sequence()
    (h,) = ours.scan(ours.project(x), ours.start(ROWS))
    torch.testing.assert_close(h, theirs(x)[0], rtol=0, atol=1e-12)


@pytest.mark.skipif(not available(), reason="the kernel was not built")
@pytest.mark.parametrize("hidden", [1, 5, 16, 37])
@each_with_a_scan_of_its_own
def test_the_compiled_part_of_a_scan_does_as_torch_in_twice_the_precision(kind, hidden):
    """Whole vectors of every instruction set, and what is left over."""
    fast = filled(kind(INPUTS, hidden)).float()
    exact = deepcopy(fast).double()
    torch.manual_seed(13)
    shapes = [(STEPS, ROWS, fast.gates * hidden), *[(ROWS, hidden)] * fast.parts]
    given = [torch.randn(shape) for shape in shapes]
    wanted = [torch.randn(STEPS, ROWS, hidden) for _ in range(fast.parts)]
    found = []
    for cell in (fast, exact):
        kind_of = cell.R.dtype
        assert compiled(cell.R) == (cell is fast)
        projected, *state = [part.to(kind_of, copy=True).requires_grad_() for part in given]
        states = cell.scan(projected, tuple(state))
        sum((a * b.to(kind_of)).sum() for a, b in zip(states, wanted, strict=True)).backward()
        leaves = [projected, *state, *(w for w in cell.parameters() if w.grad is not None)]
        found.append([*states, *(leaf.grad for leaf in leaves)])
    for quick, slow in zip(*found, strict=True):
        torch.testing.assert_close(quick.double(), slow, rtol=2e-4, atol=2e-5)
