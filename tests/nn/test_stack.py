"""Stacks: directions, padding, and what reversal leaves in place."""

import pytest
import torch

from seqloom.nn.cells.cell import Cell
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.stack import Stack, joined, mirrored, reversed_rows
from seqloom.nn.dropout import Dropout
from seqloom.nn.encoders.recurrent import RecurrentEncoder

NO_DROPOUT = Dropout(0.0, False)


def gru(inputs: int, hidden: int) -> Cell:
    torch.manual_seed(17)
    cell = GRU(inputs, hidden)
    for weight in cell.parameters():
        torch.nn.init.normal_(weight, std=0.7)
    return cell.double()


def test_a_mirror_turns_what_is_real_and_leaves_the_padding():
    # Two rows of 4 positions, of which 4 and 2 are real; time runs downwards.
    expected = torch.tensor([[3, 1], [2, 0], [1, 2], [0, 3]])
    assert torch.equal(mirrored(torch.tensor([4, 2]), 4), expected)


def test_a_mirror_applied_twice_gives_the_sequence_back():
    sequence, mirror = torch.randn(5, 3, 2), mirrored(torch.tensor([5, 1, 3]), 5)
    assert not torch.equal(reversed_rows(sequence, mirror), sequence)
    assert torch.equal(reversed_rows(reversed_rows(sequence, mirror), mirror), sequence)


def test_a_backward_layer_reads_last_to_first():
    forward, backward, x = gru(2, 3), gru(2, 3), torch.randn(4, 1, 2).double()
    outputs, [(last,)] = Stack([forward], [backward], NO_DROPOUT)(x, torch.tensor([4]))
    (there,) = forward.scan(forward.project(x), forward.start(1))
    (back,) = backward.scan(backward.project(x.flip(0)), backward.start(1))
    torch.testing.assert_close(outputs, torch.cat([there, back.flip(0)], 2))
    torch.testing.assert_close(last, torch.cat([there[-1], back[-1]], 1))


def test_a_layer_reads_the_outputs_of_the_one_below():
    first, second, x = gru(2, 3), gru(3, 3), torch.randn(4, 1, 2).double()
    outputs, last = Stack([first, second], [], NO_DROPOUT)(x, torch.tensor([4]))
    (below,) = first.scan(first.project(x), first.start(1))
    (above,) = second.scan(second.project(below), second.start(1))
    torch.testing.assert_close(outputs, above)
    torch.testing.assert_close(last[0][0], below[-1])
    torch.testing.assert_close(last[1][0], above[-1])


def test_the_first_layer_alone_may_read_both_ways():
    there, back, above = gru(2, 3), gru(2, 3), gru(6, 3)
    x, lengths = torch.randn(4, 1, 2).double(), torch.tensor([4])
    outputs, last = Stack([there, above], [back], NO_DROPOUT)(x, lengths)
    below, first = Stack([there], [back], NO_DROPOUT)(x, lengths)
    torch.testing.assert_close(outputs, above.scan(above.project(below), above.start(1))[0])
    torch.testing.assert_close(last[0][0], first[0][0])
    torch.testing.assert_close(last[1][0], outputs[-1])


def test_from_the_first_residual_layer_on_inputs_are_added_to_outputs():
    """What a layer's state is does not change by it: `last` is the state alone."""
    cells, x = [gru(2, 3), gru(3, 3), gru(3, 3), gru(3, 3)], torch.randn(4, 1, 2).double()
    outputs, last = Stack(cells, [], NO_DROPOUT, residual=3)(x, torch.tensor([4]))
    seen = x
    for layer, cell in enumerate(cells):
        (h,) = cell.scan(cell.project(seen), cell.start(1))
        torch.testing.assert_close(last[layer][0], h[-1])
        seen = h + seen if layer >= 2 else h
    torch.testing.assert_close(outputs, seen)


@pytest.mark.parametrize("reverse", [False, True])
def test_reversal_turns_the_source_but_not_its_end(reverse):
    """States come back in the order of the source, whichever way it was read."""
    embedding = torch.nn.Embedding(9, 2).double()
    stack = Stack([gru(2, 3)], [], NO_DROPOUT)
    encoder = RecurrentEncoder(embedding, stack, reverse)
    source = torch.tensor([[4, 5, 6, 3]])
    order = [2, 1, 0, 3] if reverse else [0, 1, 2, 3]
    read, _ = stack(embedding(source[:, order]).transpose(0, 1), torch.tensor([4]))
    states = encoder(source, torch.tensor([4])).states
    torch.testing.assert_close(states[0], read[order, 0])


def test_joined_steps_stand_side_by_side_and_padding_is_zeros():
    # Two rows with one feature and 3 steps, of which 3 and 1 are real; 9 is padding.
    sequence = torch.tensor([[[1.0], [4.0]], [[2.0], [9.0]], [[3.0], [9.0]]])
    pairs = joined(sequence, torch.tensor([3, 1]), 2)
    assert pairs.tolist() == [[[1, 2], [4, 0]], [[3, 0], [0, 0]]]


def test_a_layer_above_joined_steps_reads_them_in_twos():
    first, second, x = gru(2, 3), gru(6, 3), torch.randn(5, 1, 2).double()
    stack, lengths = Stack([first, second], [], NO_DROPOUT, joins=[2]), torch.tensor([5])
    outputs, last = stack(x, lengths)
    (below,) = first.scan(first.project(x), first.start(1))
    pairs = joined(below, lengths, 2)
    (above,) = second.scan(second.project(pairs), second.start(1))
    torch.testing.assert_close(outputs, above)
    torch.testing.assert_close(last[1][0], above[-1])
    assert stack.lengths(torch.tensor([5, 4, 1])).tolist() == [3, 2, 1]
