"""`seqloom evaluate`: the table, its JSON twin and the outputs themselves."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Invoke

from seqloom.cli.groups import by_group, group_table
from seqloom.data.example import Example
from seqloom.evaluation import Evaluation
from seqloom.metrics import evaluate
from seqloom.predict import Output, Result


@pytest.fixture
def test_set(tmp_path: Path) -> Path:
    path = tmp_path / "test.tsv"
    path.write_text("가\tk a\n나\tn a\n가\tk\n", encoding="utf-8")
    return path


def test_the_recipes_metrics_come_with_intervals(run: Path, test_set: Path, invoke: Invoke) -> None:
    done = invoke("evaluate", run, test_set, "--bootstrap", 20)
    head, *rows = done.stdout.splitlines()
    assert "95% interval" in head
    assert [row.split()[0] for row in rows] == ["exact", "per", "perplexity", "2"]


def test_the_twin_holds_the_same_scores(
    run: Path, test_set: Path, tmp_path: Path, invoke: Invoke
) -> None:
    options = ("--metrics", "exact,cer", "--bootstrap", 0)
    invoke("evaluate", run, test_set, *options, "--json", tmp_path / "scores.json")
    printed = invoke("evaluate", run, test_set, *options, "--json", "-").stdout
    twin = json.loads(printed)
    assert twin == json.loads((tmp_path / "scores.json").read_bytes())
    assert (twin["items"], list(twin["scores"])) == (2, ["exact", "cer"])
    table = invoke("evaluate", run, test_set, *options).stdout
    assert f"{twin['scores']['cer']['value']:.2f}" in table


def test_outputs_are_written_beside_all_their_references(
    run: Path, test_set: Path, tmp_path: Path, invoke: Invoke
) -> None:
    out = tmp_path / "outputs.tsv"
    invoke("evaluate", run, test_set, "--predictions", out, "--bootstrap", 0)
    rows = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row[:2] for row in rows] == [["가", "k a ||| k"], ["나", "n a"]]


def test_without_any_test_set_the_way_out_is_named(run: Path, invoke: Invoke) -> None:
    done = invoke("evaluate", run)
    assert done.exit_code == 2
    assert "no test set: give a file" in done.stderr


def test_an_unknown_metric_is_named(run: Path, test_set: Path, invoke: Invoke) -> None:
    done = invoke("evaluate", run, test_set, "--metrics", "blue")
    assert done.exit_code == 2
    assert "Did you mean 'bleu'?" in done.stderr


def answered(language: str, target: str, output: str) -> tuple[Example, list[str], Result]:
    example = Example("x", target, (), f"dates:{language}:short:1")
    return example, [target], Result("x", (), (Output(output, (), (), 0.0, None, True),))


def test_dates_are_scored_by_language_too() -> None:
    items = [answered("ko", "1", "1"), answered("de", "2", "2"), answered("ko", "3", "0")]
    examples, references, results = (list(column) for column in zip(*items, strict=True))
    report = evaluate([r.text for r in results], references, ["exact"], bootstrap=0)
    groups = by_group(Evaluation(report, examples, references, results))
    assert {name: group["exact"].value for name, group in groups.items()} == {"de": 100, "ko": 50}
    assert [line.split() for line in group_table(groups).splitlines()] == [
        ["group", "items", "exact"],
        ["de", "1", "100.00"],
        ["ko", "2", "50.00"],
    ]
