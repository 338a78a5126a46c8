"""The interval over seeds, by hand, and what counts as a seed's score."""

from math import inf, sqrt

import pytest

from seqloom.lab.summary import estimate, of_cost, of_score


def result(task: str, seed: int, value: float | None) -> dict[str, object]:
    return {"task": task, "seed": seed, "scores": {"wer": {"value": value}}, "parameters": 7}


def test_the_interval_is_students_t_over_the_seeds():
    # 1, 2, 3: mean 2, standard deviation 1, t with 2 degrees of freedom 4.303.
    found = estimate([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.half == pytest.approx(4.303 / sqrt(3), abs=1e-3)


def test_many_seeds_take_the_normal_quantile():
    values = [0.0, 2.0] * 10
    assert estimate(values).half == pytest.approx(1.96 * sqrt(20 / 19) / sqrt(20), abs=1e-3)


def test_one_seed_has_no_interval():
    found = estimate([5.0])
    assert (found.mean, found.half) == (5.0, None)
    assert str(found) == "5.00"


def test_the_score_of_a_seed_is_its_mean_over_the_tasks():
    results = [
        result("a", 1, 10.0),
        result("b", 1, 20.0),
        result("a", 2, 30.0),
        result("b", 2, 0.0),
    ]
    found = of_score(results, "wer")
    assert found is not None
    assert found.mean == 15.0
    assert found.half == pytest.approx(0.0)


def test_a_seed_that_lacks_a_task_does_not_count():
    results = [result("a", 1, 10.0), result("b", 1, 20.0), result("a", 2, 90.0)]
    found = of_score(results, "wer")
    assert found is not None
    assert (found.mean, found.seeds) == (15.0, 1)


def test_what_json_could_not_say_is_infinite():
    found = of_score([result("a", 1, None), result("a", 2, 3.0)], "wer")
    assert found is not None
    assert (found.mean, found.half) == (inf, None)


def test_costs_are_estimated_alike():
    found = of_cost([result("a", 1, 1.0), result("a", 2, 1.0)], "parameters")
    assert found is not None
    assert (found.mean, found.half) == (7.0, 0.0)


def test_a_cost_that_an_older_result_lacks_is_not_told():
    older = result("a", 1, 1.0)
    assert of_cost([older, result("a", 2, 1.0)], "train_cpu_minutes") is None
    counted = [
        {**result("a", seed, 1.0), "train_cpu_minutes": minutes}
        for seed, minutes in enumerate((2, 4))
    ]
    found = of_cost(counted, "train_cpu_minutes")
    assert found is not None
    assert found.mean == 3.0
    assert of_cost([*counted, {**older, "train_cpu_minutes": None}], "train_cpu_minutes") is None
