"""Each metric by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from seqloom.metrics.classification import (
    accuracy,
    calibration_error,
    decided,
    evaluate_labels,
    macro_f1,
    micro_f1,
    one_hot,
)

# True labels 0 0 0 1 1 2; given 0 0 1 1 2 2.
TRUTH = one_hot([(0,), (0,), (0,), (1,), (1,), (2,)], 4)
GIVEN = one_hot([(0,), (0,), (1,), (1,), (2,), (2,)], 4)


def test_accuracy_by_hand() -> None:
    assert accuracy(GIVEN, TRUTH).value == pytest.approx(100 * 4 / 6)


def test_macro_f1_by_hand_leaves_a_label_out_that_never_occurs() -> None:
    # F1 of 0: 2*2/(2*2+0+1); of 1: 2/(2+1+1); of 2: 2/(2+1+0); label 3 has none.
    assert macro_f1(GIVEN, TRUTH).value == pytest.approx(100 * (4 / 5 + 1 / 2 + 2 / 3) / 3)


def test_micro_f1_by_hand() -> None:
    truth, given = one_hot([(0, 1), (), (2,)], 3), one_hot([(0,), (1,), (2,)], 3)
    assert micro_f1(given, truth).value == pytest.approx(100 * 2 * 2 / (2 * 2 + 1 + 1))


def test_several_labels_are_right_only_if_all_are() -> None:
    truth, given = one_hot([(0, 1), (), (2,)], 3), one_hot([(0,), (), (2,)], 3)
    assert accuracy(given, truth).value == pytest.approx(200 / 3)


@pytest.mark.parametrize("seed", range(5))
def test_macro_f1_is_that_of_scikit_learn(seed: int) -> None:
    draw = np.random.default_rng(seed)
    truth, given = draw.integers(5, size=40), draw.integers(5, size=40)
    tables = [one_hot([(int(label),) for label in labels], 5) for labels in (given, truth)]
    expected = 100 * f1_score(truth, given, average="macro")
    assert macro_f1(*tables).value == pytest.approx(expected)


def test_calibration_error_by_hand() -> None:
    # Bins of one fifteenth: 0.9 and 0.92 share the fourteenth, 0.6 is in the ninth.
    probabilities = np.array([[0.9, 0.1], [0.92, 0.08], [0.4, 0.6]])
    truth = one_hot([(0,), (1,), (1,)], 2)
    expected = 100 * (abs(1 - 1.82) + abs(1 - 0.6)) / 3
    assert calibration_error(probabilities, truth, False).value == pytest.approx(expected)


def test_sure_and_right_is_calibrated_and_sure_and_wrong_is_not() -> None:
    sure = np.array([[1.0, 0.0]])
    assert calibration_error(sure, one_hot([(0,)], 2), False).value == 0.0
    assert calibration_error(sure, one_hot([(1,)], 2), False).value == 100.0


def test_with_several_labels_every_label_is_an_answer() -> None:
    # 0.8 yes and right, 0.7 (no) and wrong, in bins of their own.
    probabilities = np.array([[0.8, 0.3]])
    expected = 100 * (abs(1 - 0.8) + abs(0 - 0.7)) / 2
    assert calibration_error(probabilities, one_hot([(0, 1)], 2), True).value == pytest.approx(
        expected
    )


def test_one_half_is_enough_where_there_may_be_several() -> None:
    assert decided(np.array([[0.5, 0.49]]), True).tolist() == [[True, False]]
    assert decided(np.array([[0.2, 0.3, 0.1]]), False).tolist() == [[False, True, False]]


def test_the_report_has_intervals_around_the_values() -> None:
    probabilities = np.where(GIVEN, 0.7, 0.1)
    report = evaluate_labels(probabilities, TRUTH, bootstrap=50)
    assert [score.name for score in report.scores] == ["accuracy", "macro_f1", "ece"]
    assert report["accuracy"].low <= report["accuracy"].value <= report["accuracy"].high
    several = evaluate_labels(probabilities, TRUTH, multi_label=True, bootstrap=0)
    assert [score.name for score in several.scores] == ["accuracy", "macro_f1", "micro_f1", "ece"]
