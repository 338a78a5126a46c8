"""Medians over rounds, ratios within them."""

import pytest
from benchmarks.speed.profiles import by_kind, shares
from benchmarks.speed.results import Rounds
from benchmarks.speed.summary import best, middle, percentile, ratio, spread
from benchmarks.speed.systems import SYSTEMS
from benchmarks.speed.to_quality import lowest, minutes_to, summary
from benchmarks.speed.turns import begun


def test_rounds_without_a_figure_do_not_count() -> None:
    assert middle([3.0, None, 1.0, 2.0]) == 2.0
    assert spread([3.0, None, 1.0]) == (1.0, 3.0)


def test_nothing_measured_has_no_median() -> None:
    assert middle([None, None]) is None
    assert spread([]) is None


def test_a_ratio_is_formed_within_rounds() -> None:
    # The machine is twice as slow in the second round, for both: medians of the parts would say 1.5.
    assert ratio([200.0, 100.0, 300.0], [100.0, 50.0, 100.0]) == 2.0


def test_a_round_that_one_side_missed_has_no_ratio() -> None:
    assert ratio([200.0, None], [100.0, 50.0]) == 2.0
    assert ratio([None], [1.0]) is None


def test_the_best_is_the_highest_or_the_lowest_median() -> None:
    systems = {"a": [1.0, 9.0, 2.0], "b": [3.0, 3.0, 3.0], "c": [None]}
    assert best(systems, lowest=False) == "b"
    assert best(systems, lowest=True) == "a"
    assert best({"c": [None]}, lowest=True) is None


@pytest.mark.parametrize(("share", "value"), [(0.5, 5.0), (0.95, 10.0), (0.05, 1.0), (1.0, 10.0)])
def test_percentiles_are_values_that_occurred(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(10, 0, -1)], share) == value


def test_shares_are_percent_of_the_sum_largest_first() -> None:
    assert list(shares({"a": 1.0, "b": 3.0}).items()) == [("b", 75.0), ("a", 25.0)]


def test_operators_are_added_up_by_kind() -> None:
    times = {"aten::mm": 1.0, "aten::addmm": 2.0, "aten::tanh": 1.0}
    assert by_kind(times) == {"matrix products": 75.0, "pointwise and other": 25.0}


CURVE = [(60.0, 50.0), (120.0, 30.0), (180.0, 35.0)]


def test_quality_is_reached_at_the_first_epoch_that_is_no_worse() -> None:
    assert minutes_to(CURVE, 30.0) == 2.0
    assert minutes_to(CURVE, 29.9) is None
    assert lowest(CURVE) == 30.0


def test_the_mark_is_the_best_peers_and_not_ours() -> None:
    curves = {"seqloom": [(30.0, 20.0)], "slow": CURVE, "worse": [(60.0, 80.0)]}
    found = summary(curves, "seqloom")
    assert {name: row["target"] for name, row in found.items()} == dict.fromkeys(curves, 30.0)
    assert found["seqloom"]["minutes"] == 0.5
    assert found["worse"]["minutes"] is None


def test_rounds_go_on_only_with_the_same_systems() -> None:
    both = [SYSTEMS[0], SYSTEMS[1]]
    earlier: Rounds = {"peaks": [[1.0, 1.0]], "systems": {s.name: [{"train": 1.0}] for s in both}}
    assert begun(earlier, both) == earlier
    assert begun(earlier, both[:1]) == {"peaks": [], "systems": {SYSTEMS[0].name: []}}
    assert begun(None, both)["peaks"] == []
