"""Gates over time: from the equations, for every cell, without a trace in the model."""

import math

import pytest
import torch
from tests.laws.batches import alone, pairs_of
from tests.laws.variants import RECURRENT, VARIANTS, model_of

from seqloom.attribution.gates import SIZE, gates_of, traces
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.lstm import LSTM

SOME = dict(sorted(RECURRENT.items())[::8])
SHALLOW = {name: recipe for name, recipe in RECURRENT.items() if recipe.encoder.layers == 1}
pytestmark = pytest.mark.usefixtures("unchecked_shapes")


def tokens_of(pair) -> tuple[list[str], list[str]]:
    return [*map(str, pair.source[0].tolist())], [*map(str, pair.target[0].tolist())]


@torch.no_grad()
def test_the_gates_of_an_lstm_are_its_sigmoids() -> None:
    cell = LSTM(1, 1)
    with torch.no_grad():
        cell.R.copy_(torch.tensor([[1.0], [2.0], [3.0], [4.0]]))
    found = gates_of(cell, torch.tensor([[0.5, 1.0, -1.0, 9.0]]), (torch.tensor([[0.5]]),) * 2)
    sums = {"i": 1.0, "f": 2.0, "o": 0.5}
    assert {name: float(gate) for name, gate in found.items()} == pytest.approx(
        {name: 1 / (1 + math.exp(-z)) for name, z in sums.items()}
    )


@torch.no_grad()
def test_the_state_of_a_gru_moves_as_far_as_its_update_gate_lets_it() -> None:
    cell = GRU(1, 2)
    with torch.no_grad():
        cell.R.copy_(torch.arange(12.0).view(6, 2) / 10)
    projected, before = (
        torch.tensor([[0.1, -0.2, 0.3, -0.4, 0.5, -0.6]]),
        torch.tensor([[0.2, 0.7]]),
    )
    (after,) = cell(projected, (before,))
    gates = gates_of(cell, projected, (before,))
    inner = before @ cell.R[4:].t() + cell.b_n
    candidate = torch.tanh(projected[:, 4:] + gates["r"] * inner)
    torch.testing.assert_close(after, gates["z"] * before + (1 - gates["z"]) * candidate)


@pytest.mark.parametrize("recipe", SOME.values(), ids=SOME)
def test_there_is_a_value_for_each_token_of_each_layer(recipe) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 0)
    parts = [*model.modules()]
    source, target = tokens_of(pair)
    found = traces(model, pair, source, target)
    assert [*model.modules()] == parts
    assert sum(trace.layer.startswith("decoder") for trace in found) == recipe.decoder.layers
    for trace in found:
        assert [*trace.tokens] == (target if trace.layer.startswith("decoder") else source)
        for name, values in trace.values.items():
            assert len(values) == len(trace.tokens)
            assert name == SIZE or all(0 < value < 1 for value in values)


@pytest.mark.parametrize("recipe", list(SHALLOW.values())[::6], ids=list(SHALLOW)[::6])
def test_the_state_of_the_first_layer_is_that_of_the_encoder(recipe) -> None:
    """The top of a stack of one forward layer is what the encoder hands out."""
    model, pair = model_of(recipe), alone(pairs_of(), 0)
    stack = model.encoder.stack
    found = {trace.layer: trace for trace in traces(model, pair, *tokens_of(pair))}
    with torch.no_grad():
        states = model.encoder(pair.source, pair.source_lengths).states[0]
    half = states[:, : stack.cells[0].hidden]
    name = "encoder 1, forward" if len(stack.backwards) else "encoder 1"
    expected = half.square().mean(1).sqrt().tolist()
    assert found[name].values[SIZE] == pytest.approx(expected)


def test_a_transformer_has_no_gates() -> None:
    name = next(name for name in VARIANTS if name.startswith("transformer"))
    model, pair = model_of(VARIANTS[name]), alone(pairs_of(), 0)
    assert [t for t in traces(model, pair, *tokens_of(pair)) if t.layer.startswith("dec")] == []
