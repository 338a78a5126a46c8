"""Operations counted from the shapes, against sums done by hand."""

import pytest
from benchmarks.speed.flops import decoder_products, encoder_products, training_flops
from benchmarks.speed.workload import Shape

ONE = Shape(embedding=3, hidden=5, layers=1, batch=2, steps=4, length=4)
TWO = Shape(embedding=3, hidden=5, layers=2, batch=2, steps=4, length=4)


def test_a_one_layer_encoder_multiplies_gates_both_ways_and_keys() -> None:
    # 2 directions of 4 gates, each 5 x (3 + 5); keys 10 x 10
    assert encoder_products(ONE) == 2 * 4 * 40 + 100


def test_a_second_encoder_layer_reads_both_directions() -> None:
    # the second layer: 2 directions of 4 gates, each 5 x (10 + 5)
    assert encoder_products(TWO) == encoder_products(ONE) + 2 * 4 * 75


def test_a_decoder_without_feeding() -> None:
    # gates 4 x 10 x (3 + 10); scores and context 2 x 10 x 7; attentional state 10 x 20; readout 10 x 11
    assert decoder_products(ONE, 11, 7.0, feeding=False) == 520 + 140 + 200 + 110


def test_feeding_adds_a_state_to_what_the_first_layer_reads() -> None:
    without = decoder_products(TWO, 11, 7.0, feeding=False)
    assert decoder_products(TWO, 11, 7.0, feeding=True) == without + 4 * 10 * 10


def test_a_second_decoder_layer_reads_the_first() -> None:
    more = decoder_products(TWO, 11, 7.0, False) - decoder_products(ONE, 11, 7.0, False)
    assert more == 4 * 10 * (10 + 10)


def test_training_is_three_times_forward_and_two_operations_a_multiplication() -> None:
    # encoder 420 for each of 1.5 source tokens, decoder 970
    assert training_flops(ONE, 11, 1.5, 7.0, feeding=False) == pytest.approx(6 * (1.5 * 420 + 970))
