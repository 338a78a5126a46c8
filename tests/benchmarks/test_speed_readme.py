"""The short table: ours, the best peer, the ratio, what was to be reached, and whether it was."""

from typing import Any

import pytest
from benchmarks.speed.goals import LOSS, SIZE, TRAINING
from benchmarks.speed.readme import readme
from benchmarks.speed.sections.training import flops_per_token
from tests.benchmarks.speed_data import DATA


def lines(results: dict[str, Any]) -> dict[str, list[str]]:
    """The cells of each line by workload and title."""
    rows = [line.strip("| ").split(" | ") for line in readme(results).splitlines()[2:]]
    cells = [[cell.strip(" |") for cell in row] for row in rows if len(row) > 3]
    return {f"{row[0]}: {row[1]}": row[2:] for row in cells}


def training(**rates: list[float]) -> dict[str, Any]:
    turns = {n.replace("_", "-"): [{"train": rate} for rate in r] for n, r in rates.items()}
    peaks = [[100.0, 140.0]] * max(map(len, rates.values()))
    return {"data": DATA, "peaks": peaks, "systems": turns}


def decoding(**systems: dict[str, Any]) -> dict[str, Any]:
    turns = {name.replace("_", "-"): [figures] for name, figures in systems.items()}
    return {"decode": {"pron": {"data": DATA, "peaks": [[1.0, 1.0]], "systems": turns}}}


def test_training_is_held_against_the_best_peer_that_is_python() -> None:
    entry = training(seqloom=[1500.0], opennmt=[1000.0], yoyodyne=[400.0], marian=[9000.0])
    found = lines({"train": {"pron": entry, "mt": entry}})
    assert found["pron: training, target tokens/s"] == [
        "1,500",
        "1,000 (opennmt)",
        "1.50x",
        ">= 1.3x",
        "met",
    ]
    assert found["mt: training, target tokens/s"][3] == ">= 1.15x"


def test_a_ratio_that_is_too_low_is_missed() -> None:
    entry = training(seqloom=[1200.0], opennmt=[1000.0])
    assert lines({"train": {"pron": entry}})["pron: training, target tokens/s"][-1] == "missed"


def test_the_fraction_of_peak_has_a_goal_of_its_own_without_input_feeding() -> None:
    entry = training(seqloom=[1.0], seqloom_no_feeding=[1.0], opennmt=[1.0])
    rates = {
        name: share * 120e9 / flops_per_token(name, "pron", entry)
        for name, share in (("seqloom", 0.76), ("seqloom-no-feeding", 0.76), ("opennmt", 0.38))
    }
    for name, rate in rates.items():
        entry["systems"][name][0]["train"] = rate
    found = lines({"train": {"pron": entry}})
    assert found["pron: fraction of the matrix product's peak"] == [
        "76%",
        "38% (opennmt)",
        "2.00x",
        ">= 75%",
        "met",
    ]
    plain = found["pron: the same without input feeding"]
    assert (plain[0], plain[1], plain[-1]) == ("76%", "-", "missed")


def test_batch_1_counts_recurrent_peers_and_the_transformer_apart() -> None:
    found = lines(
        decoding(
            seqloom_kernel={"milliseconds": [0.5]},
            seqloom_torch={"milliseconds": [0.1]},
            opennmt={"milliseconds": [6.0]},
            ctranslate2={"milliseconds": [1.0]},
        )
    )
    recurrent = found["pron: greedy, batch 1, p50 ms, against recurrent peers"]
    assert recurrent == ["0.50", "6.00 (opennmt)", "12.00x", ">= 10x", "met"]
    transformer = found["pron: greedy, batch 1, p50 ms, against a Transformer"]
    assert transformer[2:] == ["2.00x", ">= 3x", "missed"]


def test_batches_are_held_against_the_best_of_all_peers() -> None:
    found = lines(
        decoding(
            seqloom_kernel={"greedy": 5000.0, "beam": 900.0},
            opennmt={"greedy": 1000.0, "beam": 500.0},
            ctranslate2={"greedy": 2000.0, "beam": 300.0},
        )
    )
    assert found["pron: greedy, batch 64, tokens/s"][1:3] == ["2,000 (ctranslate2)", "2.50x"]
    assert found["pron: beam 5, batch 64, tokens/s"][1:3] == ["500 (opennmt)", "1.80x"]


def test_start_and_memory_have_to_be_so_low_themselves() -> None:
    found = lines(
        decoding(
            seqloom_kernel={"start": 0.5, "memory_mb": 160.0},
            opennmt={"start": 3.0, "memory_mb": 320.0},
        )
    )
    start = found["pron: start-up to the first answer, s"]
    assert start == ["0.50", "3.00 (opennmt)", "0.17x", "<= 0.7", "met"]
    memory = found["pron: resident memory, MB"]
    assert memory == ["160", "320 (opennmt)", "0.50x", "<= 150", "missed"]


def test_what_has_no_figure_was_not_measured() -> None:
    found = lines(decoding(seqloom_kernel={"failed": "not built"}, opennmt={"greedy": 1.0}))
    assert {cells[-1] for cells in found.values()} == {"not measured"}


def bits(metric: str, exact: float, rounded: float, size: float) -> dict[str, Any]:
    return {
        "weights_megabytes": 10.0,
        "megabytes": 20.0,
        "int8_megabytes": size,
        "scores": {metric: exact},
        "int8_scores": {metric: rounded},
    }


def test_of_several_runs_in_8_bits_the_worst_decides() -> None:
    runs = {"kor": bits("wer", 28.0, 27.5, 2.0), "cmudict": bits("wer", 25.0, 25.4, 3.1)}
    found = lines({"int8": runs})
    size = found["pron: export in 8 bits, against the weights in 32"]
    assert size[2:] == ["0.31x", "<= 0.3x", "missed"]
    change = found["pron: change of WER in 8 bits"]
    assert change == ["-0.50 (kor), +0.40 (cmudict)", "", "", "<= +0.3", "missed"]


@pytest.mark.parametrize(("rounded", "verdict"), [(38.4, "met"), (38.3, "missed"), (39.0, "met")])
def test_bleu_may_rise_but_hardly_fall(rounded: float, verdict: str) -> None:
    found = lines({"int8": {"multi30k": bits("bleu", 38.6, rounded, 2.0)}})
    assert found["mt: change of BLEU in 8 bits"][-2:] == [">= -0.2", verdict]
    assert found["pron: change of WER in 8 bits"][-1] == "not measured"


def raced(ours: float | None, theirs: float | None) -> dict[str, Any]:
    return {"seqloom": {"minutes": ours}, "opennmt": {"minutes": theirs}}


@pytest.mark.parametrize(
    ("second", "shown", "verdict"),
    [
        (raced(3.0, 10.0), "0.25x / 0.30x", "met"),
        (raced(4.0, 10.0), "0.25x / 0.40x", "missed"),
        (raced(None, 10.0), "0.25x / -", "missed"),
        (raced(3.0, None), "0.25x / -", "not measured"),
    ],
)
def test_every_language_has_to_be_reached_in_a_third(
    second: dict[str, Any], shown: str, verdict: str
) -> None:
    found = lines({"to-quality": {"bul": raced(3.0, 12.0), "hun": second}})
    [cells] = found.values()
    assert cells[2:] == [shown, "<= 1/3", verdict]


def test_the_goals_are_met_on_the_line() -> None:
    assert TRAINING.met("pron", 1.3)
    assert not TRAINING.met("pron", 1.29)
    assert SIZE.met("mt", 0.3)
    assert LOSS.met("mt", 0.2)
    assert not LOSS.met("mt", 0.25)
