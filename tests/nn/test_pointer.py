"""The pointer-generator's mixture, by hand and at its edges."""

from math import exp, log

import pytest
import torch

from seqloom.nn.readouts.pointer import Pointer

V_S, V_T = 10, 5
"""Ids of the source side, and of the target side: the specials and 4."""


def pointer(gate: float) -> Pointer:
    """Generates with the probability `gate`, whatever the features are."""
    made = Pointer(2, V_S, V_T).double()
    with torch.no_grad():
        made.gate.weight.zero_()
        made.gate.bias.fill_(log(gate / (1 - gate)))
    return made


def source(*positions: tuple[int, int]) -> torch.Tensor:
    """One source of (source id, what a copy of it is or -1)."""
    return torch.tensor([[s + V_S * (copy + 1) for s, copy in positions]])


def mixed(made: Pointer, read: torch.Tensor, weights: list[float], vocabulary: list[float]):
    """p over the vocabulary and what was copied, for one row."""
    logits = torch.tensor([vocabulary], dtype=torch.float64).log()
    paid = torch.tensor([weights], dtype=torch.float64)
    return made(torch.zeros(1, 2).double(), logits, paid, *made.copies(read))[0].exp().tolist()


def test_the_mixture_by_hand_with_one_unit_out_of_the_vocabulary():
    # Source: 4, a unit without target id (the first: 5), 4 again. All can be copied, so
    # p(4) = 0.6 * 0.3 + 0.4 * (0.2 + 0.3) = 0.38, p(5) = 0.4 * 0.5 = 0.2, p(<eos>) = 0.6 * 0.7.
    p = mixed(pointer(0.6), source((7, 4), (1, 5), (7, 4)), [0.2, 0.5, 0.3], [0, 0, 0, 0.7, 0.3])
    assert p == pytest.approx([0, 0, 0, 0.42, 0.38, 0.2], abs=1e-12)


def test_attention_to_what_is_never_copied_is_the_vocabularys():
    # A feature and <eos> have half of the attention: g' = 0.6 + 0.4 * 0.5 = 0.8.
    read = source((4, -1), (7, 4), (3, -1))
    p = mixed(pointer(0.6), read, [0.3, 0.5, 0.2], [0, 0, 0, 0.7, 0.3])
    assert p == pytest.approx([0, 0, 0, 0.8 * 0.7, 0.8 * 0.3 + 0.4 * 0.5], abs=1e-12)


def test_a_source_number_holds_its_id_and_its_copy():
    made, read = pointer(0.5), source((4, -1), (7, 4), (1, 6), (9, 5), (3, -1))
    assert made.plain(read).tolist() == [[4, 7, 1, 9, 3]]
    ids, present = made.copies(read)
    assert ids.tolist() == [[-1, 4, 6, 5, -1]]
    assert present.tolist() == [[True, True]]


def test_a_unit_of_a_neighbour_has_no_probability():
    made = pointer(0.5)
    read = torch.cat([source((1, 5), (1, 6)), source((1, 5), (3, -1))])
    weights = torch.full((2, 2), 0.5).double()
    logits = torch.zeros(2, V_T).double()
    log_probs = made(torch.zeros(2, 2).double(), logits, weights, *made.copies(read))
    assert log_probs[1, 6] == -torch.inf
    torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(2).double())


@pytest.mark.parametrize("gate", [exp(-400), 0.5])
@pytest.mark.parametrize("weights", [[1.0, 0.0], [0.0, 1.0]])
def test_losses_and_gradients_are_finite_at_the_edges(gate, weights):
    made, read = pointer(0.5), source((1, 5), (3, -1))
    with torch.no_grad():
        made.gate.bias.fill_(log(gate))
    paid = torch.tensor([weights], dtype=torch.float64, requires_grad=True)
    logits = torch.tensor([[0.0, 0.0, -900.0, 900.0, 0.0]], dtype=torch.float64, requires_grad=True)
    log_probs = made(torch.zeros(1, 2).double(), logits, paid, *made.copies(read))
    assert log_probs.isfinite().all()
    log_probs.sum().backward()
    assert paid.grad.isfinite().all()
    assert logits.grad.isfinite().all()
    assert made.gate.bias.grad.isfinite().all()
