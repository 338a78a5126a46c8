"""The window's layer with its way back written out, beside the loop that leaves it to torch."""

import pytest
import torch
from torch import Tensor

from seqloom.nn.attention.attention import Memory, padding_of
from seqloom.nn.attention.window import SoftWindow
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.products import products_in
from seqloom.nn.skip import WindowedLayer, WindowState

T, N, U, E, D, K, X = 6, 3, 5, 4, 7, 2, 3
LENGTHS = (5, 2, 4)


class Looped(LSTM):
    """The same cell; being none that is known, it goes step by step."""


def layer_of(cell: type[LSTM], dtype: torch.dtype, wild: bool = False) -> WindowedLayer:
    torch.manual_seed(3)
    made = WindowedLayer(cell(X, D), SoftWindow(D, K, pace=0.7), E).double()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    if wild:  # some exponents are above the limit
        torch.nn.init.normal_(made.window.W.bias, mean=8.0, std=4.0)
    return made.to(dtype)


def inputs(dtype: torch.dtype) -> list[Tensor]:
    torch.manual_seed(4)
    shapes = ((T, N, X), (N, U, E), (N, D), (N, D), (N, K), (N, E))
    return [torch.randn(shape).to(dtype).requires_grad_() for shape in shapes]


def outcome(layer: WindowedLayer, given: list[Tensor], asked: set[str]) -> dict[str, Tensor]:
    """All results, and all gradients of a sum of those of them that are asked for."""
    sequence, text, h, c, kappa, shown = given
    valid = torch.arange(U) < torch.tensor(LENGTHS).unsqueeze(1)
    memory = Memory(text, text, padding_of(valid, text))
    (hs, cs), moved, phi = layer(sequence, (h, c), WindowState(kappa.abs(), shown), memory)
    found = {"h": hs, "c": cs, "kappa": moved.kappa, "shown": moved.shown, "phi": phi}
    torch.manual_seed(5)
    factors = {name: torch.randn(part.shape).to(part) for name, part in found.items()}
    loss = sum((found[name] * factors[name]).sum() for name in sorted(asked))
    assert isinstance(loss, Tensor)
    wanted = {**dict(layer.named_parameters()), **dict(enumerate(given))}
    slopes = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
    named = zip(wanted, slopes, strict=True)
    return found | {f"d {name}": slope for name, slope in named if slope is not None}


@pytest.mark.parametrize("wild", [False, True], ids=["calm", "beyond the limit"])
@pytest.mark.parametrize(
    "asked", [{"h"}, {"shown"}, {"phi"}, {"kappa"}, {"h", "c", "kappa", "shown", "phi"}], ids=sorted
)
def test_results_and_gradients_are_those_of_the_loop(asked: set[str], wild: bool) -> None:
    double = torch.float64
    expected = outcome(layer_of(Looped, double, wild), inputs(double), asked)
    found = outcome(layer_of(LSTM, double, wild), inputs(double), asked)
    for name, values in expected.items():
        none = torch.zeros_like(values)
        torch.testing.assert_close(found.get(name, none), values, msg=lambda m, n=name: f"{n}: {m}")


def test_in_32_bits_it_is_as_near_as_they_are() -> None:
    everything = {"h", "c", "kappa", "shown", "phi"}
    expected = outcome(layer_of(LSTM, torch.float64), inputs(torch.float64), everything)
    found = outcome(layer_of(LSTM, torch.float32), inputs(torch.float32), everything)
    for name, values in expected.items():
        torch.testing.assert_close(found[name].double(), values, rtol=1e-3, atol=1e-4)


def test_in_bfloat16_the_gradients_point_the_same_way() -> None:
    torch.manual_seed(6)
    layer = WindowedLayer(LSTM(X, 64), SoftWindow(64, K), E)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    text = torch.randn(N, U, E)
    memory = layer.window.remember(text, torch.ones(N, U, dtype=torch.bool))
    slopes: list[Tensor] = []
    for precision in (torch.float32, torch.bfloat16):
        with products_in(precision):
            states, _, _ = layer(
                torch.ones(T, N, X), layer.cell.start(N), layer.start(memory), memory
            )
        slopes.append(torch.autograd.grad(states[0].square().sum(), layer.cell.R)[0].flatten())
    assert torch.cosine_similarity(*slopes, dim=0) > 0.999
    assert not torch.equal(*slopes)
