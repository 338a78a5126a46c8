"""The tables of the performance page, and what is around them."""

import json
from pathlib import Path

import pytest
from benchmarks.speed.drivers.protocol import MARK
from benchmarks.speed.systems import merged
from benchmarks.speed.table import BEGIN, END, flops_per_token, tables, write_between

DATA = {
    "source_vocabulary": 27,
    "target_vocabulary": 39,
    "pairs": 100,
    "source_tokens": 800,
    "target_tokens": 700,
}


def training(ours: list[float], theirs: list[float]) -> dict[str, object]:
    turns = {
        "seqloom": [{"train": rate, "peak_mb": 300.0} for rate in ours],
        "opennmt": [{"train": rate, "peak_mb": 400.0} for rate in theirs],
    }
    peaks = [[100.0, 140.0]] * len(ours)
    return {"train": {"pron": {"data": DATA, "peaks": peaks, "systems": turns}}}


def row(text: str, name: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_training_row_has_rate_ratio_and_memory() -> None:
    cells = row(tables(training([3000.0, 1000.0, 2000.0], [1000.0, 500.0, 1000.0])), "seqloom")
    assert cells[1:3] == ["2,000 (1,000 to 3,000)", "2.00x"]
    assert cells[4] == "300"


def test_the_fraction_of_peak_is_taken_of_the_mean_of_before_and_after() -> None:
    results = training([1000.0], [500.0])
    work = flops_per_token("seqloom", "pron", results["train"]["pron"])  # type: ignore[index]
    assert row(tables(results), "seqloom")[3] == f"{1000 * work / 120e9:.0%}"


def test_a_peer_that_failed_stays_in_the_table_with_the_reason() -> None:
    results = training([1.0], [1.0])
    results["train"]["pron"]["systems"]["joeynmt"] = [{"failed": "cannot be installed here: no"}]  # type: ignore[index]
    cells = row(tables(results), "joeynmt")
    assert cells[1] == "-"
    assert cells[-1].endswith("cannot be installed here: no")


def test_times_faster_at_batch_1_compares_with_the_quickest_recurrent_peer() -> None:
    turns = {
        "seqloom-kernel": [{"milliseconds": [1.0, 1.0]}],
        "opennmt": [{"milliseconds": [6.0, 6.0]}],
        "joeynmt": [{"milliseconds": [8.0, 8.0]}],
        "ctranslate2": [{"milliseconds": [3.0, 3.0]}],
    }
    text = tables({"decode": {"pron": {"data": DATA, "peaks": [[1.0, 1.0]], "systems": turns}}})
    assert row(text, "batch 1, against opennmt")[1] == "6.00x"
    assert row(text, "batch 1, against ctranslate2")[1] == "3.00x"


def test_prose_around_the_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Speed\n\nwhy\n\n{BEGIN}\nold\n{END}\n\nhow\n", "utf-8")
    write_between(page, "new\n")
    assert page.read_text("utf-8") == f"# Speed\n\nwhy\n\n{BEGIN}\nnew\n{END}\n\nhow\n"


def test_a_page_without_markers_gets_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    write_between(page, "new")
    write_between(page, "newer")
    assert page.read_text("utf-8").count(BEGIN) == 1
    assert "newer" in page.read_text("utf-8")


@pytest.mark.parametrize("last", [{"train": 2.0}, {"start": 1.0}])
def test_later_lines_come_on_top_and_points_are_a_list(last: dict[str, float]) -> None:
    told = [{"train": 1.0}, {"point": [1.0, 50.0]}, {"point": [2.0, 40.0]}, last]
    figures = merged(MARK + json.dumps(one) for one in told)
    assert figures["points"] == [[1.0, 50.0], [2.0, 40.0]]
    assert figures == {"train": 1.0, "points": figures["points"], **last}
