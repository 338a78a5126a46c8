"""Figures of attention matrices that a reader can redo."""

import math

import numpy as np
import pytest

from seqloom.explain.statistics import statistics
from seqloom.predict.result import Output

SOURCE = ("[PL]", "a", "b", "c", "<eos>")


def output(*rows: list[float]) -> Output:
    tokens = (*"wxyz"[: len(rows) - 1], "<eos>")
    weights = np.array(rows, dtype=np.float32)
    return Output("", tokens, (-1.0,) * len(rows), -1.0, weights, True)


def test_entropy_is_0_for_one_token_and_ln_n_for_n_alike() -> None:
    found = statistics(SOURCE, output([0, 1, 0, 0, 0], [0.2] * 5, [0, 0.5, 0.5, 0, 0]))
    assert found is not None
    assert found.entropy == pytest.approx((0, math.log(5), math.log(2)))


def test_coverage_is_what_each_source_token_got_in_all() -> None:
    found = statistics(SOURCE, output([0, 1, 0, 0, 0], [0, 0.5, 0, 0, 0.5]))
    assert found is not None
    assert found.coverage == pytest.approx((0, 1.5, 0, 0, 0.5))
    assert found.on_end == pytest.approx(0.25)


def test_monotonicity_counts_the_steps_that_do_not_go_back() -> None:
    a, b, c, end = ([float(k == j) for k in range(5)] for j in range(1, 5))
    found = statistics(SOURCE, output(a, b, b, end), 1)
    assert found is not None
    assert found.monotonicity == 1
    back = statistics(SOURCE, output(a, c, b, end), 1)
    assert back is not None
    assert back.monotonicity == 0.5


def test_looking_at_a_feature_or_at_the_end_goes_nowhere() -> None:
    """The peaks among a, b, c are a, b, c."""
    rows = [[0, 0.6, 0, 0, 0.4], [0.6, 0, 0.4, 0, 0], [0, 0, 0, 0.1, 0.9], [0, 1, 0, 0, 0]]
    found = statistics(SOURCE, output(*rows), 1)
    assert found is not None
    assert found.monotonicity == 1


def test_a_single_step_does_not_go_back() -> None:
    found = statistics(SOURCE, output([0.2] * 5, [0.2] * 5), 1)
    assert found is not None
    assert found.monotonicity == 1


def test_without_attention_there_is_nothing_to_count() -> None:
    assert statistics(SOURCE, Output("", ("<eos>",), (-1.0,), -1.0, None, True)) is None
