"""Luong's decoder compiled as a whole does what its loop does in twice the precision."""

import gc
import weakref
from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn

from seqloom.kernel import available
from seqloom.nn import products
from seqloom.nn.attention.content import Content
from seqloom.nn.attention.scores import Dot, General
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.decoders import fed
from seqloom.nn.decoders.bridge import Carry
from seqloom.nn.decoders.decoder import DecoderMemory
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.decoders.luong import Luong
from seqloom.nn.dropout import Dropout
from seqloom.nn.encoders.encoder import Encoded, valid_of
from seqloom.nn.products import Linear, products_in

pytestmark = pytest.mark.skipif(not available(), reason="the kernel was not built")

STEPS, ROWS, EMBEDDING, LENGTHS = 6, 5, 3, [4, 1, 7, 2, 7]
DROPOUTS = {"none": (0.0, False), "fresh": (0.4, False), "variational": (0.4, True)}


def decoder(depth: int, hidden: int, source: int, dropout: tuple[float, bool]) -> Luong:
    """With weights that are not small, so that a wrong sum shows."""
    torch.manual_seed(depth)
    cells = [LSTM(EMBEDDING if layer == 0 else hidden, hidden) for layer in range(depth)]
    score = Dot() if hidden == source else General(hidden, source)
    layers = Layers([*cells], Dropout(*dropout))
    made = Luong(layers, Carry(), Content(score), source, Linear(hidden, 4 * hidden, bias=False))
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.3)
    return made


def given(depth: int, hidden: int, source: int) -> list[Tensor]:
    """Embedded tokens, the source, and the states before."""
    torch.manual_seed(7)
    before = [torch.randn(ROWS, hidden) for _ in range(2 * depth)]
    tokens = torch.randn(STEPS, ROWS, EMBEDDING)
    return [tokens, torch.randn(ROWS, max(LENGTHS), source), *before, torch.randn(ROWS, hidden)]


def remembered(made: Luong, source: Tensor) -> DecoderMemory:
    valid = valid_of(torch.tensor(LENGTHS), max(LENGTHS))
    return made.remember(Encoded(source, [], valid), valid)


def found(made: Luong, parts: list[Tensor], weighted: bool) -> list[Tensor]:
    """Features, weights and all gradients."""
    embedded, source, *state = (
        part.to(made.W_c.weight, copy=True).requires_grad_() for part in parts
    )
    memory = remembered(made, source)
    torch.manual_seed(11)
    features, weights = made(embedded, memory, tuple(state))
    far = torch.linspace(-1, 2, features.numel()).view_as(features).to(features)
    total = (far * features).sum()
    if weighted:
        total = total + (torch.linspace(-3, 1, weights.numel()).view_as(weights) * weights).sum()
    total.backward()
    leaves = [embedded, source, *state, *made.parameters()]
    assert all(leaf.grad is not None for leaf in leaves)
    return [features, weights, *(leaf.grad for leaf in leaves)]


@pytest.mark.parametrize("weighted", [False, True], ids=["features", "and weights"])
@pytest.mark.parametrize("dropout", DROPOUTS.values(), ids=DROPOUTS)
@pytest.mark.parametrize(("hidden", "source"), [(1, 1), (16, 16), (19, 34), (37, 5)])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_all_steps_do_as_the_loop_in_twice_the_precision(
    depth, hidden, source, dropout, weighted, monkeypatch
):
    taken = []
    whole = fed.all_steps
    monkeypatch.setattr(fed, "all_steps", lambda *a: taken.append(1) or whole(*a))
    quick = decoder(depth, hidden, source, dropout)
    exact = deepcopy(quick).double()
    parts = given(depth, hidden, source)
    pairs = zip(found(quick, parts, weighted), found(exact, parts, weighted), strict=True)
    for a, b in pairs:
        torch.testing.assert_close(a.double(), b, rtol=1e-3, atol=1e-4)
    assert taken == [1], "the single precision goes the compiled way, the double one does not"


@pytest.mark.skipif(not products.rounds(), reason="this processor has no matrix tiles")
@pytest.mark.parametrize("dropout", DROPOUTS.values(), ids=DROPOUTS)
@pytest.mark.parametrize(("hidden", "source"), [(64, 64), (70, 100)])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_rounded_products_stay_near_in_all_results_and_gradients(depth, hidden, source, dropout):
    quick = decoder(depth, hidden, source, dropout)
    with torch.no_grad():
        for parameter in quick.parameters():
            parameter.mul_(0.3)  # gates that are saturated magnify what is rounded
    exact = deepcopy(quick).double()
    parts = given(depth, hidden, source)
    with products_in(torch.bfloat16):
        near = found(quick, parts, True)
    assert type(near[0].grad_fn).__name__.startswith("_Fed")
    for a, b in zip(near, found(exact, parts, True), strict=True):
        assert (a.double() - b).abs().max() < 0.03 * b.abs().max()


def test_threads_change_nothing():
    """Rows are shared out; each is summed by one thread in one order."""
    made, parts, before = (
        decoder(2, 16, 16, (0.4, False)),
        given(2, 16, 16),
        torch.get_num_threads(),
    )
    several: list[list[Tensor]] = []
    try:
        for threads in (1, 2, 3, 8):
            torch.set_num_threads(threads)
            made.zero_grad()
            several.append([part.clone() for part in found(made, parts, True)[:4]])
    finally:
        torch.set_num_threads(before)
    for other in several[1:]:
        for a, b in zip(several[0], other, strict=True):
            assert torch.equal(a, b)


def test_a_second_way_back_starts_from_zeros():
    made, parts = decoder(2, 5, 5, (0.0, False)), given(2, 5, 5)
    embedded, source, *state = (part.requires_grad_() for part in parts)
    memory = remembered(made, source)
    total = made(embedded, memory, tuple(state)).features.sum()
    total.backward(retain_graph=True)
    once = [leaf.grad.clone() for leaf in (embedded, source, *state)]
    for leaf in (embedded, source, *state):
        leaf.grad = None
    total.backward()
    for a, leaf in zip(once, (embedded, source, *state), strict=True):
        assert torch.equal(a, leaf.grad)


def test_weights_that_changed_before_the_way_back_are_noticed():
    made, (embedded, source, *state) = decoder(1, 5, 5, (0.0, False)), given(1, 5, 5)
    memory = remembered(made, source)
    features = made(embedded, memory, tuple(state)).features
    with torch.no_grad():
        made.W_c.weight.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        features.sum().backward()


def test_nothing_is_kept_when_an_update_is_over():
    """Not even until Python looks for what keeps itself: that would be many updates."""
    made, (embedded, source, *state) = decoder(2, 5, 5, (0.4, False)), given(2, 5, 5)
    gc.disable()
    try:
        features, weights = made(embedded, remembered(made, source), tuple(state))
        kept = weakref.ref(features.grad_fn.loop)
        assert kept() is not None
        del features, weights
        assert kept() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("steps", "precision", "name"),
    [(6, torch.float32, "_Fed"), (3, torch.float32, "Stack"), (6, torch.bfloat16, "Stack")],
)
def test_few_steps_and_products_rounded_by_torch_are_left_to_the_loop(
    steps, precision, name, monkeypatch
):
    monkeypatch.setattr(products, "rounds", lambda: False)
    made, (embedded, source, *state) = decoder(1, 70, 70, (0.0, False)), given(1, 70, 70)
    with products_in(precision):
        features = made(embedded[:steps], remembered(made, source), tuple(state)).features
    assert type(features.grad_fn).__name__.startswith(name)
