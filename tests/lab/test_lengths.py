"""The curve over source length says how many items each of its classes has."""

import pytest
from tests.lab.toy import written

from seqloom.lab.experiment import read_experiment
from seqloom.lab.lengths import figure_of, length_curve
from seqloom.lab.report import COSTS, as_json, markdown

# Classes of sources: up to two words, three and four, longer.
CLASSES = [(2, 1.5, 600), (4, 3.5, 80), (9, 7.0, 3)]


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    monkeypatch.setenv("TOY", str(tmp_path))
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace("lengths: [2]", "lengths: [4, 2]"), "utf-8")
    return read_experiment(path)


def result(row: str, seed: int, scores: tuple[float, ...], num_classes: int = 3) -> dict:
    """Of a test set that has so many of the classes."""
    found = [
        {"to": to, "mean_length": mean, "items": items, "per": score}
        for (to, mean, items), score in zip(CLASSES[:num_classes], scores, strict=False)
    ]
    costs = dict.fromkeys(COSTS, 1.0)
    of = {"row": row, "task": "letters", "seed": seed, "lengths": found}
    return {**of, **costs, "scores": {name: {"value": 1.0} for name in ("per", "perplexity")}}


RESULTS = [
    result("with attention", 1, (10.0, 20.0, 30.0)),
    result("with attention", 2, (10.0, 20.0, 34.0)),
    result("without", 1, (40.0, 50.0, 60.0)),
]


def test_classes_are_named_by_their_bounds_and_counted(experiment):
    points = length_curve(experiment, RESULTS[:2])
    assert [(point.name, point.items) for point in points] == [
        ("to 2", 600),
        ("3 to 4", 80),
        ("over 4", 3),
    ]
    assert [point.score.mean for point in points] == [10.0, 20.0, 32.0]


def test_the_report_has_a_table_with_the_items_of_each_class(experiment):
    table = markdown(experiment, RESULTS, picture=True).partition("lengths.png)\n")[2]
    lines = table.strip().splitlines()
    assert lines[0] == "| per, source words | to 2 | 3 to 4 | over 4 |"
    assert lines[2] == "| items of the class | 600 | 80 | 3 |"
    # t of one degree of freedom 12.706, deviation sqrt(8), two seeds: 12.706 * 2
    assert lines[3] == "| with attention | 10.00 ± 0.00 | 20.00 ± 0.00 | 32.00 ± 25.41 |"
    assert lines[4] == "| without | 40.00 | 50.00 | 60.00 |"


def test_a_class_that_a_row_has_none_of_is_left_empty(experiment):
    results = [RESULTS[0], result("without", 1, (40.0, 50.0), num_classes=2)]
    table = markdown(experiment, results, picture=True)
    assert "| without | 40.00 | 50.00 |  |" in table


def test_without_a_picture_there_is_no_table_of_lengths(experiment):
    assert "items of the class" not in markdown(experiment, RESULTS, picture=False)


def test_a_script_is_told_the_same(experiment):
    [*_, last] = as_json(experiment, RESULTS)["rows"]["without"]["lengths"]
    assert (last["name"], last["items"], last["mean"]) == ("over 4", 3, 60.0)


def test_the_picture_has_the_items_above_its_axis(experiment):
    curves = {row: length_curve(experiment, [r for r in RESULTS if r["row"] == row]) for row in
              ("with attention", "without")}  # fmt: skip
    [axes] = figure_of("Toy", "per", curves).axes
    assert {text.get_text(): text.xy[0] for text in axes.texts} == {"600": 1.5, "80": 3.5, "3": 7.0}
    assert "items of the class" in axes.get_xlabel()
