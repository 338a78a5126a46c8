"""What a run says may be done with it: every file is of a kind that it reads."""

import pytest

from seqloom.config import override, read_recipe
from seqloom.training.usage import usage


@pytest.mark.parametrize(
    ("name", "changes", "evaluate", "others"),
    [
        ("g2p", [], "TEST.tsv", ["SOURCES.txt", '"SOURCE"']),
        ("han2016", [], "TEST.tsv", ["DOCUMENTS.tsv", '"SOURCE"']),
        ("recognise", ["data.embedded=null"], "TEST.npz", ["SOURCES.npz", "SOURCES.npz"]),
        ("recognise-handwriting", ["data.embedded=null"], "TEST.jsonl", ["SOURCES.jsonl"]),
        ("convert-voice", ["data.embedded=null"], "TEST.npz", ["FILE.npz", "FILE.npz"]),
        ("graves2013-text", ["data.stream=false"], "TEST.txt", ["generate run"]),
        (
            "graves2013-handwriting",
            ["data.test=[]"],
            "TEST.jsonl",
            ["generate run --out sheet.svg"],
        ),
        ("graves2013-synthesis", ["data.embedded=null"], "TEST.jsonl", ['--text "TEXT" --out']),
    ],
)
def test_files_are_of_a_kind_that_the_run_reads(name, changes, evaluate, others):
    first, *more = usage("run", override(read_recipe(name), changes))
    assert first == f"seqloom evaluate run {evaluate}"
    assert all(wanted in said for wanted, said in zip(others, more, strict=False))


@pytest.mark.parametrize(
    "name", ["dates", "forecast", "recognise", "convert-voice", "graves2013-text"]
)
def test_a_recipe_with_a_test_set_of_its_own_needs_no_file(name):
    assert usage("run", read_recipe(name))[0] == "seqloom evaluate run"


def test_a_forecast_begins_after_a_table():
    _, predict, explain = usage("run", read_recipe("forecast"))
    assert predict == "seqloom predict run FILE.csv --output answer.csv"
    assert explain == "seqloom explain run FILE.csv --png picture.png"
