"""What the page says of growth, of the profile, of trained runs and of time to quality."""

from pathlib import Path
from typing import Any

import pytest
from benchmarks.speed.sections.growth import corpus, growth
from benchmarks.speed.sections.profile import profile
from benchmarks.speed.sections.quality import Race, race, to_quality
from benchmarks.speed.sections.trained import trained
from benchmarks.speed.trained import absent, name_of


def cells(text: str, *first: str) -> list[str]:
    """The row of a table that begins with these cells."""
    begin = f"| {' | '.join(first)} |"
    line = next(line for line in text.splitlines() if line.startswith(begin))
    return [each.strip() for each in line.strip("|").split("|")]


def point(value: int, seconds: float, epoch: float, megabytes: float) -> dict[str, Any]:
    return {"value": value, "seconds": seconds, "epoch_seconds": epoch, "train_mb": megabytes}


def test_a_corpus_ten_times_as_large_is_told_in_ratios() -> None:
    told = corpus(
        [point(100, 2.0, 1.0, 400.0), point(300, 9, 9, 9), point(1000, 25.0, 11.0, 420.0)]
    )
    assert "10 times as large (1,000 pairs against 100)" in told
    assert "took 12.5 times as long" in told
    assert "(11.0 times for the epoch alone)" in told
    assert "1.05 times the memory (420 MB against 400)" in told


def test_a_single_corpus_has_nothing_to_be_compared_with() -> None:
    assert corpus([point(100, 2.0, 1.0, 400.0), {"value": 1000, "failed": "no"}]) == ""


def test_points_that_were_not_measured_are_named_with_the_reason() -> None:
    text = growth({"batch": [{"value": 1, "train_ms": 1.0, "kernel_failed": "not built"}]}, "at/")
    assert "](at/batch.png)" in text
    assert "- batch 1: not built" in text


PROFILE = {
    "training": {
        "feeding": {
            "ms": 12.5,
            "phases": {"backward": 60.0, "forward": 40.0},
            "kinds": {"matrix products": 70.0, "pointwise and other": 30.0},
        }
    },
    "decoding": {
        "kernel": {
            "batch 1, beam 1": {
                "ms": 2.0,
                "shares": {"step": 75.0, "search": 25.0},
                "itself_ms": 0.5,
            }
        },
        "onnx": {"failed": "no such | file"},
    },
}


def test_the_phases_of_an_update_stand_in_percent_and_those_without_time_are_0() -> None:
    text = profile("pron", PROFILE)
    assert cells(text, "with input feeding", "12.5")[2:] == ["0.0", "40.0", "60.0", "0.0", "0.0"]
    assert cells(text, "with input feeding", "70.0")[-1] == "30.0"


def test_a_decoding_step_is_cut_and_what_the_stepper_does_by_itself_stands_beside() -> None:
    text = profile("pron", PROFILE)
    found = cells(text, "kernel", "batch 1, beam 1")
    assert found[2:] == ["2.00", "0.0", "75.0", "0.0", "25.0", "0.50"]


def test_a_way_that_cannot_answer_keeps_its_row_with_the_reason() -> None:
    text = profile("pron", PROFILE)
    head, failed = cells(text, "answered by"), cells(text, "onnx")
    assert failed[1] == "no such / file"
    assert len(failed) == len(head)


def run(**more: Any) -> dict[str, Any]:
    return {
        "weights_megabytes": 10.0,
        "megabytes": 20.0,
        "int8_megabytes": 2.5,
        "asked": "test set",
        "sources": 1000,
        "same": 0.98,
        "scores": {"wer": 25.0},
        "int8_scores": {"wer": 25.25},
        **more,
    }


def test_a_run_in_8_bits_has_its_size_and_the_change_of_its_scores() -> None:
    found = cells(trained({"cmudict": run()}), "cmudict")
    assert found[1:5] == ["10.0", "20.0", "2.5", "0.25x"]
    assert found[5:9] == ["wer", "25.00", "25.25", "+0.25"]
    assert found[9:] == ["2.00%", "test set, 1,000 sources"]


def test_a_run_that_was_not_scored_keeps_its_sizes() -> None:
    found = cells(trained({"cmudict": run(scores={}, int8_scores={})}), "cmudict")
    assert found[4:9] == ["0.25x", "-", "-", "-", "-"]


def test_real_lengths_have_medians_over_the_rounds() -> None:
    rounds = [
        {
            "milliseconds": [ms],
            "greedy": 10 * ms,
            "beam": ms,
            "memory_mb": 50.0,
            "source_tokens": 7.0,
        }
        for ms in (100.0, 300.0, 200.0)
    ]
    found = cells(trained({"cmudict": run(ways={"kernel": rounds})}), "cmudict", "kernel")
    assert found[2:8] == ["200.00", "200.00", "2,000", "200", "50", "7.0"]


def test_runs_that_are_not_there_are_named_with_how_to_get_them(tmp_path: Path) -> None:
    text = trained({"cmudict": {"absent": absent(tmp_path)}})
    assert "- cmudict: no run at" in text
    assert "benchmarks.quality" in text
    assert "### Weights" not in text


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("runs/quality/g2p15/kor/run", "g2p15/kor"),
        ("/elsewhere/quality/cmudict/run", "cmudict"),
        ("runs/mine", "mine"),
    ],
)
def test_a_run_is_called_as_its_row_in_the_quality_table(run: str, name: str) -> None:
    assert name_of(Path(run)) == name


RACE: dict[str, Any] = {
    "seqloom": {"minutes": 3.0, "lowest": 20.0, "target": 25.0, "total": 9.0},
    "yoyodyne": {"minutes": None, "lowest": 30.0, "target": 25.0, "total": 40.0},
    "opennmt": {"minutes": 12.0, "lowest": 25.0, "target": 25.0, "total": 14.0},
}


def test_our_time_is_set_against_that_of_the_peer_that_got_there() -> None:
    assert race(RACE) == Race(3.0, "opennmt", 12.0)
    text = to_quality({"hun": RACE})
    assert cells(text, "hun", "seqloom")[6] == "0.25x"
    assert cells(text, "hun", "opennmt")[6] == ""


def test_of_two_peers_that_got_there_the_faster_counts() -> None:
    assert race(RACE | {"yoyodyne": {"minutes": 6.0}}) == Race(3.0, "yoyodyne", 6.0)


def test_who_never_gets_there_has_no_ratio() -> None:
    assert race(RACE | {"seqloom": {"minutes": None}}).ratio is None
    assert race({"seqloom": {"minutes": 3.0}}).ratio is None
