"""The tables of the performance page, and what is around them."""

import json
from pathlib import Path

import pytest
from benchmarks.speed.drivers.protocol import MARK
from benchmarks.speed.results import command, load, save
from benchmarks.speed.sections.training import flops_per_token
from benchmarks.speed.systems import merged
from benchmarks.speed.table import BEGIN, END, tables, write_between, write_page
from tests.benchmarks.speed_data import DATA


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


def test_pictures_of_growth_are_copied_to_where_the_page_links_to(tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "docs" / "performance.md"
    out.mkdir()
    (out / "growth-batch.png").write_bytes(b"picture")
    write_page(page, {"growth": {"batch": [{"value": 1, "train_ms": 2.0}]}}, out)
    assert "](images/speed-batch.png)" in page.read_text("utf-8")
    assert (tmp_path / "docs" / "images" / "speed-batch.png").read_bytes() == b"picture"


ABOUT = {
    "date": "2026-01-01",
    "command": "python -m benchmarks.speed",
    "processor": "P",
    "cores": 2,
    "threads": 2,
    "torch": "2",
}


def test_parts_that_one_command_measured_share_a_line_about_it() -> None:
    other = ABOUT | {"command": "python -m benchmarks.speed growth"}
    text = tables({"about": {"train": ABOUT, "decode": ABOUT, "growth": other}})
    starts = [line.partition(":")[0] for line in text.strip().splitlines()]
    assert starts == ["- train, decode", "- growth"]


def test_the_command_is_shown_without_the_places_of_files() -> None:
    typed = ["train", "--out", "x", "--rounds", "3", "--run=y", "--environments", "z"]
    assert command(typed) == "python -m benchmarks.speed train --rounds 3"


def test_results_are_found_again_and_those_of_another_format_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    save(path, {"train": {}})
    assert load(path)["train"] == {}
    path.write_text('{"about": {"date": "2025-01-01"}}', "utf-8")
    assert load(path) == {}
    assert "2025" in (tmp_path / "results.old").read_text("utf-8")


@pytest.mark.parametrize("last", [{"train": 2.0}, {"start": 1.0}])
def test_later_lines_come_on_top_and_points_are_a_list(last: dict[str, float]) -> None:
    said = [{"train": 1.0}, {"point": [1.0, 50.0]}, {"point": [2.0, 40.0]}, last]
    ends = ("\n", "a warning without an end", "@", "\n")
    marked = (f"{MARK}{json.dumps(one)}{end}" for one, end in zip(said, ends, strict=True))
    figures = merged("a warning\n" + "".join(marked))
    assert figures["points"] == [[1.0, 50.0], [2.0, 40.0]]
    assert figures == {"train": 1.0, "points": figures["points"], **last}
