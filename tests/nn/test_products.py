"""Products in bfloat16: exact where the numbers have few digits, near where they have more."""

from functools import partial

import pytest
import torch
from torch import Tensor

from seqloom.nn import products
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.factors import Bfloat16, OneDNN, Plain, Tiled
from seqloom.nn.processor import left_half_used
from seqloom.nn.products import Linear, added, factor, linear, products_in
from seqloom.nn.readouts.cross_entropy import cross_entropy

SIZE = 64
STEPS, ROWS = 5, 7


def whole(*shape: int) -> Tensor:
    """Whole numbers so small that no sum of SIZE products needs more than 8 bits."""
    return torch.randint(-1, 2, shape).float().requires_grad_()


def outcome(function, *given: Tensor) -> list[Tensor]:
    """What comes out, and the gradients of all that went in for a slope of whole numbers."""
    out = function(*given)
    slope = torch.sign(torch.arange(out.numel()) % 3 - 1).view_as(out).float()
    return [out, *torch.autograd.grad(out, given, slope)]


def direction(one: Tensor, other: Tensor) -> float:
    """The cosine between two arrays."""
    flat = one.detach().flatten(), other.detach().flatten()
    return float(torch.nn.functional.cosine_similarity(*flat, dim=0))


@pytest.mark.parametrize("shape", [(ROWS,), (3, ROWS), (2, 3, ROWS)])
def test_whole_numbers_are_multiplied_exactly(shape):
    torch.manual_seed(1)
    given = whole(*shape, SIZE), whole(SIZE + 1, SIZE), whole(SIZE + 1)
    with products_in(torch.bfloat16):
        short = outcome(linear, *given)
    for one, other in zip(short, outcome(linear, *given), strict=True):
        assert one.dtype == torch.float32
        assert torch.equal(one, other)


def test_what_stands_in_memory_otherwise_is_multiplied_the_same():
    torch.manual_seed(1)
    x, weight = whole(SIZE, 3, ROWS), whole(SIZE, SIZE)
    with products_in(torch.bfloat16):
        across = linear(x.transpose(0, 2), weight)
        along = linear(x.transpose(0, 2).contiguous(), weight)
    assert torch.equal(across, along)


def test_an_added_product_is_the_sum_of_both():
    torch.manual_seed(1)
    given = whole(ROWS, SIZE), whole(ROWS, SIZE), whole(SIZE, SIZE)
    with products_in(torch.bfloat16):
        short = outcome(added, *given)
    for one, other in zip(short, outcome(added, *given), strict=True):
        assert torch.equal(one, other)


def test_factors_are_rounded_to_eight_bits_and_only_within():
    fine = 1 + 2**-9
    layer = Linear(SIZE, SIZE, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.eye(SIZE) * fine)
    x = torch.ones(1, SIZE)
    with products_in(torch.bfloat16):
        assert torch.equal(layer(x), torch.ones(1, SIZE))
        with products_in(torch.float32):
            assert torch.equal(layer(x), torch.full((1, SIZE), fine))
    assert torch.equal(layer(x), torch.full((1, SIZE), fine))


def test_a_weight_that_was_updated_is_rounded_anew():
    weight = torch.nn.Parameter(torch.ones(SIZE, SIZE))
    with products_in(torch.bfloat16):
        assert factor(weight) is factor(weight)
    with torch.no_grad():
        weight.fill_(3.0)
    with products_in(torch.bfloat16):
        assert torch.equal(
            factor(weight).on(torch.ones(1, SIZE)), torch.full((1, SIZE), 3.0 * SIZE)
        )


@pytest.mark.parametrize(
    "weight", [torch.ones(SIZE, SIZE, dtype=torch.float64), torch.ones(SIZE - 1, SIZE)]
)
def test_longer_numbers_and_narrow_weights_are_left_alone(weight):
    with products_in(torch.bfloat16):
        assert isinstance(factor(weight), Plain)


@pytest.mark.parametrize("make", [LSTM, GRU])
def test_a_scan_and_its_way_back_stay_near(make):
    torch.manual_seed(1)
    cell = make(SIZE, SIZE)
    for weight in cell.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    sequence = torch.randn(STEPS, ROWS, SIZE, requires_grad=True)
    given = [sequence, *cell.parameters()]

    def run() -> list[Tensor]:
        (hs, *_) = cell.scan(cell.project(sequence), cell.start(ROWS))
        return [hs, *torch.autograd.grad(hs.square().sum(), given)]

    with products_in(torch.bfloat16):
        short = run()
    for one, other in zip(short, run(), strict=True):
        assert not torch.equal(one, other)
        assert direction(one, other) > 0.999
        torch.testing.assert_close(
            one, other, rtol=0.05, atol=0.02 * float(other.detach().abs().max())
        )


def test_the_cross_entropy_and_its_gradients_stay_near():
    torch.manual_seed(1)
    features = torch.randn(ROWS, SIZE, requires_grad=True)
    weight = torch.randn(SIZE, SIZE, requires_grad=True)
    bias = torch.randn(SIZE, requires_grad=True)
    targets = torch.arange(ROWS)

    def run() -> list[Tensor]:
        smoothed, nll = cross_entropy(features, weight, bias, targets, 0.1)
        return [smoothed, nll, *torch.autograd.grad(smoothed, [features, weight, bias])]

    with products_in(torch.bfloat16):
        short = run()
    for one, other in zip(short, run(), strict=True):
        assert direction(one, other) > 0.999
        torch.testing.assert_close(
            one, other, rtol=0.05, atol=0.02 * float(other.detach().abs().max())
        )


@pytest.mark.skipif(
    not left_half_used(), reason="no processor for which oneDNN is the better choice"
)
def test_onednn_multiplies_what_torch_multiplies():
    torch.manual_seed(1)
    weight, x = torch.randn(96, 70), torch.randn(ROWS, 70)
    plain, other = Plain(weight), OneDNN(weight)
    slope, given = torch.randn(ROWS, 96), torch.randn(ROWS, 96)
    out, elsewhere = torch.empty(ROWS, 96), torch.empty(2, ROWS, 96)
    near = partial(torch.testing.assert_close, rtol=1e-5, atol=1e-4)
    near(other.on(x), plain.on(x))
    near(other.back(slope), plain.back(slope))
    near(other.gradient(slope, x), plain.gradient(slope, x))
    plain.added(given, x, out)
    other.added(given, x, elsewhere[1])
    near(elsewhere[1], out)


@pytest.mark.skipif(
    not left_half_used(), reason="no processor for which oneDNN is the better choice"
)
def test_only_large_weights_in_training_go_to_onednn():
    large = torch.nn.Parameter(torch.randn(1024, 512))
    assert isinstance(factor(large), OneDNN)
    assert isinstance(factor(large[:1023]), Plain)
    with torch.no_grad():
        assert isinstance(factor(large), Plain)
    given = torch.randn(3, ROWS, 512, requires_grad=True), large
    for one, other in zip(
        outcome(linear, *given), outcome(torch.nn.functional.linear, *given), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_no_rows_at_all_are_multiplied_too(precision):
    x, weight = torch.empty(0, 3, SIZE, requires_grad=True), whole(SIZE, SIZE)
    with products_in(precision):
        linear(x, weight).sum().backward()
    assert torch.equal(weight.grad, torch.zeros(SIZE, SIZE))


def test_a_weight_that_changes_before_the_way_back_is_noticed():
    cell = LSTM(SIZE, SIZE)
    large = torch.nn.Parameter(torch.randn(1024, 512))
    outs = {
        cell.R: cell.scan(torch.randn(1, 1, 4 * SIZE), cell.start(1))[0],
        large: linear(torch.randn(1, 512, requires_grad=True), large),
    }
    for weight, out in outs.items():
        with torch.no_grad():
            weight.mul_(2.0)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            out.sum().backward()


@pytest.fixture(params=["tiles", "torch"])
def rounding(request, monkeypatch):
    """Both ways to multiply in bfloat16."""
    if request.param == "torch":
        monkeypatch.setattr(products, "rounds", lambda: False)
    elif not products.rounds():
        pytest.skip("this processor has no matrix tiles")
    return request.param


SIZES = [(1, 64, 64), (16, 64, 65), (17, 96, 64), (33, 65, 127), (97, 600, 130), (300, 64, 64)]
"""Rows, inputs, outputs: on, below and beyond the borders of tiles, of a block of rows and of inputs."""


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("rows", "inputs", "outputs"), SIZES)
def test_every_way_of_a_factor_is_the_product_of_what_was_rounded(
    rounding, rows, inputs, outputs, threads
):
    torch.manual_seed(1)
    x, weight, slope = (
        torch.randn(shape).bfloat16().float()
        for shape in ((rows, inputs), (outputs, inputs), (rows, outputs))
    )
    given, out, of_x = torch.randn(rows, outputs), torch.empty(rows, outputs), torch.empty_like(x)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with products_in(torch.bfloat16):
            ready = factor(weight)
        assert type(ready) is (Tiled if rounding == "tiles" else Bfloat16)
        ready.added(given, x, out)
        ready.back(slope, of_x)
        pairs = [
            (ready.on(x), x @ weight.t()),
            (ready.on(x.t().contiguous().t()), x @ weight.t()),
            (ready.back(slope), slope @ weight),
            (of_x, slope @ weight),
            (out, given + x @ weight.t()),
            (ready.gradient(slope, x), slope.t() @ x),
        ]
    finally:
        torch.set_num_threads(before)
    for found, expected in pairs:
        # The results are rounded by torch, to 8 bits; by tiles they are not.
        room = 1e-4 if rounding == "tiles" else 2**-7 * float(expected.abs().max())
        assert (found.float() - expected).abs().max() < room


@pytest.mark.skipif(not products.rounds(), reason="this processor has no matrix tiles")
def test_a_rows_sums_depend_neither_on_its_neighbours_nor_on_threads():
    torch.manual_seed(1)
    x, weight = torch.randn(2000, 600), torch.randn(640, 600)
    before = torch.get_num_threads()
    found: list[Tensor] = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            with products_in(torch.bfloat16):
                found.append(factor(weight).on(x))
                alone = factor(weight).on(x[1234:1235])
            assert torch.equal(alone[0], found[-1][1234])
    finally:
        torch.set_num_threads(before)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


@pytest.mark.skipif(not products.rounds(), reason="this processor has no matrix tiles")
def test_an_infinite_factor_is_not_lost():
    weight = torch.ones(64, 64)
    x = torch.zeros(3, 64)
    x[1, 5], x[2, 6] = float("inf"), float("nan")
    with products_in(torch.bfloat16):
        y = factor(weight).on(x)
    assert y[0].eq(0).all()
    assert y[1].isinf().all()
    assert y[2].isnan().all()
