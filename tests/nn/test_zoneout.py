"""Cells around cells: zoneout's mixture and its mean, and starts that are learnt."""

import pytest
import torch
from torch import Tensor, nn

from seqloom.nn.cells.cell import Affine, CellState
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.learned_start import LearnedStart
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.cells.zoneout import Zoneout

STEPS, ROWS, INPUTS, HIDDEN = 5, 2, 7, 3
each_cell = pytest.mark.parametrize("kind", [LSTM, GRU], ids=lambda kind: kind.__name__)


def filled(kind: type[Affine]) -> Affine:
    torch.manual_seed(37)
    cell = kind(INPUTS, HIDDEN)
    for weight in cell.parameters():
        nn.init.normal_(weight)
    return cell.double()


def drawn(cell: Affine, rows: int = ROWS) -> tuple[Tensor, CellState]:
    """Projected inputs of one step and a state, the same in every row."""
    projected = torch.randn(1, cell.gates * HIDDEN).double().expand(rows, -1)
    return projected, tuple(
        torch.randn(1, HIDDEN).double().expand(rows, -1) for _ in range(cell.parts)
    )


@each_cell
def test_in_training_every_feature_is_the_old_or_the_new(kind):
    cell = filled(kind)
    projected, before = drawn(cell, rows=40)
    for old, plain, mixed in zip(
        before, cell(projected, before), Zoneout(cell, 0.5)(projected, before), strict=True
    ):
        kept = mixed == old
        assert (kept | (mixed == plain)).all()
        assert 0 < kept.sum() < kept.numel()


@each_cell
def test_at_inference_old_and_new_are_mixed(kind):
    cell = filled(kind)
    projected, before = drawn(cell)
    mixed = Zoneout(cell, 0.3).eval()(projected, before)
    for old, new, found in zip(before, cell(projected, before), mixed, strict=True):
        torch.testing.assert_close(found, 0.3 * old + 0.7 * new)


@each_cell
def test_inference_is_the_mean_of_training(kind):
    cell, draws = Zoneout(filled(kind), 0.3), 4000
    projected, before = drawn(cell.cell, draws)
    expected = cell.eval()(projected, before)
    for old, mean, sample in zip(before, expected, cell.train()(projected, before), strict=True):
        # Of deviation sqrt(0.3 * 0.7) |new - old|, where new - old = (mean - old) / 0.7.
        error = (0.3 * 0.7 / draws) ** 0.5 * (mean - old).abs() / 0.7
        assert ((sample.mean(0) - mean).abs() <= 5 * error + 1e-12).all()


def test_the_parts_of_a_state_are_kept_apart():
    cell = filled(LSTM)
    projected, before = drawn(cell, rows=40)
    h, c = Zoneout(cell, 0.5)(projected, before)
    assert not torch.equal(h == before[0], c == before[1])


def test_what_is_kept_is_drawn_anew_at_every_step():
    cell = Zoneout(filled(GRU), 0.5)
    projected = torch.randn(STEPS, 40, GRU.gates * HIDDEN).double()
    (states,) = cell.scan(projected, cell.start(40))
    kept = states[1:] == states[:-1]
    assert not torch.equal(kept[0], kept[1])


@each_cell
def test_a_learned_start_is_where_every_row_begins(kind):
    cell = LearnedStart(filled(kind))
    starts = [torch.randn(HIDDEN).double() for _ in range(kind.parts)]
    with torch.no_grad():
        for part, value in zip(cell.s_0, starts, strict=True):
            part.copy_(value)
    for part, value in zip(cell.start(ROWS), starts, strict=True):
        assert torch.equal(part, value.expand(ROWS, HIDDEN))


@each_cell
def test_gradients_reach_a_learned_start_from_every_row(kind):
    cell = LearnedStart(filled(kind)).double()
    inputs = torch.randn(STEPS, ROWS, INPUTS).double()

    def slopes(x: Tensor) -> list[Tensor]:
        outputs = cell.scan(cell.project(x), cell.start(x.shape[1]))[0]
        return list(torch.autograd.grad(outputs.sum(), list(cell.s_0)))

    alone = [slopes(inputs[:, row : row + 1]) for row in range(ROWS)]
    for together, *apart in zip(slopes(inputs), *alone, strict=True):
        assert together.count_nonzero() == HIDDEN
        torch.testing.assert_close(together, sum(apart))
