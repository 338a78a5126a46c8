"""Training: tokens per second, against the best peer, and as a fraction of the machine's peak."""

from collections.abc import Mapping
from typing import Any

from benchmarks.speed.cells import SYSTEM, Turns, cell, column, named, note, pipes, ranged
from benchmarks.speed.flops import training_flops
from benchmarks.speed.summary import best, middle, ratio
from benchmarks.speed.workload import SHAPES


def training(workload: str, entry: Mapping[str, Any]) -> str:
    turns: Turns = entry["systems"]
    peers = {name: t for name, t in turns.items() if SYSTEM[name].peer}
    rates = {name: column(t, named("train")) for name, t in turns.items()}
    first = best({name: rates[name] for name in peers}, lowest=False)
    rows: list[list[str]] = []
    for name, rounds in turns.items():
        against = ratio(rates[name], rates[first]) if first else None
        share = middle(shares_of_peak(name, workload, entry))
        memory = middle(column(rounds, named("peak_mb")))
        cells = [ranged(rates[name], ",.0f"), cell(against, ".2f", "x"), cell(share, ".0%")]
        rows.append([name, *cells, cell(memory, ".0f"), note(name, rounds)])
    against = f"against {first}" if first else "against a peer"
    head = ["system", "target tokens/s", against, "of peak", "peak MB", "note"]
    return f"### Training, {workload}\n\n{pipes(head, rows)}\n\n{_peaks(workload, entry)}"


def flops_per_token(name: str, workload: str, entry: Mapping[str, Any]) -> float:
    """Operations of training for one target token of the workload's data."""
    data = entry["data"]
    return training_flops(
        SHAPES[workload],
        data["target_vocabulary"] + 4,
        data["source_tokens"] / data["target_tokens"],
        data["source_tokens"] / data["pairs"],
        SYSTEM[name].feeding,
    )


def shares_of_peak(name: str, workload: str, entry: Mapping[str, Any]) -> list[float | None]:
    """Fraction of the round's peak, which is the mean of before and after, for each round."""
    work = flops_per_token(name, workload, entry)
    shares: list[float | None] = []
    for turn, both in zip(entry["systems"][name], entry["peaks"], strict=False):
        peak = [gflops for gflops in both if gflops]
        rate = turn.get("train")
        if rate is None or not peak:
            shares.append(None)
        else:
            shares.append(rate * work / (1e9 * sum(peak) / len(peak)))
    return shares


def _peaks(workload: str, entry: Mapping[str, Any]) -> str:
    peaks = [gflops for both in entry["peaks"] for gflops in both if gflops]
    if not peaks:
        return ""
    work = flops_per_token("seqloom", workload, entry) / 1e6
    plain = flops_per_token("seqloom-no-feeding", workload, entry) / 1e6
    return (
        f"Peak: a large matrix product ran at {min(peaks):.0f} to {max(peaks):.0f} GFLOP/s. "
        f"A target token takes {work:.1f} million operations, {plain:.1f} without input feeding."
    )
