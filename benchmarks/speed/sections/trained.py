"""Trained runs: what 8 bits cost in quality, what they save, and how fast real test sets are answered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.speed.cells import (
    Get,
    cell,
    column,
    failure,
    milliseconds,
    named,
    pipes,
)
from benchmarks.speed.summary import middle
from benchmarks.speed.systems import Figures

_COLUMNS: list[tuple[str, Get, str]] = [
    ("greedy, one by one, p50 ms", milliseconds(0.5), ".2f"),
    ("p95 ms", milliseconds(0.95), ".2f"),
    ("greedy, batch 64, tokens/s", named("greedy"), ",.0f"),
    ("beam 5, batch 64, tokens/s", named("beam"), ",.0f"),
    ("MB", named("memory_mb"), ".0f"),
]


def trained(runs: Mapping[str, Figures]) -> str:
    """Runs that are not there are named, with how to get them."""
    there = {name: run for name, run in runs.items() if "megabytes" in run}
    parts: list[str] = []
    if there:
        parts += ["### Weights in 8 bits", _bits(there)]
        parts += ["### Trained runs, outputs as long as they are", _lengths(there)]
    missing = [
        f"- {name}: {run.get('absent') or run.get('failed')}"
        for name, run in runs.items()
        if name not in there
    ]
    if missing:
        parts += ["Trained runs that were not measured:", "\n".join(missing)]
    return "\n\n".join(parts)


def size_ratio(run: Figures) -> float:
    """All files of the export in 8 bits against the weights of the run. An export in 32 bits would be a
    kinder measure: it has most matrices twice, as the graphs and as the kernel want them."""
    return run["int8_megabytes"] / run["weights_megabytes"]


def changes(run: Figures) -> Iterator[tuple[str, float, float]]:
    """Each metric with its score in 32 bits and in 8."""
    for metric, exact in run.get("scores", {}).items():
        yield metric, exact, run["int8_scores"][metric]


def _bits(runs: Mapping[str, Figures]) -> str:
    rows: list[list[str]] = []
    for name, run in runs.items():
        keys = ("weights_megabytes", "megabytes", "int8_megabytes")
        sizes = [*(cell(run[key], ".1f") for key in keys), cell(size_ratio(run), ".2f", "x")]
        asked = f"{run['asked']}, {run['sources']:,} sources"
        scores = list(changes(run)) or [("-", None, None)]
        for metric, exact, rounded in scores:
            change = None if exact is None or rounded is None else rounded - exact
            cells = [metric, cell(exact, ".2f"), cell(rounded, ".2f"), cell(change, "+.2f")]
            rows.append([name, *sizes, *cells, cell(1 - run["same"], ".2%"), asked])
    head = [
        "run",
        "its weights, MB",
        "export in 32 bits, MB",
        "in 8 bits, MB",
        "against its weights",
    ]
    head += ["metric", "in 32 bits", "in 8 bits", "change", "outputs that change", "asked"]
    return pipes(head, rows)


def _lengths(runs: Mapping[str, Figures]) -> str:
    rows: list[list[str]] = []
    for name, run in runs.items():
        ways: Mapping[str, Sequence[Figures]] = run.get("ways", {})
        for way, rounds in ways.items():
            cells = [cell(middle(column(rounds, get)), form) for _, get, form in _COLUMNS]
            lengths = [
                cell(middle(column(rounds, named(key))), ".1f")
                for key in ("source_tokens", "greedy_tokens")
            ]
            rows.append([name, way, *cells, *lengths, failure(rounds)])
    head = ["run", "answered by", *(title for title, _, _ in _COLUMNS)]
    return pipes([*head, "tokens of a source", "of an output", "note"], rows)


def scores_of(runs: Mapping[str, Any], metric: str) -> dict[str, Figures]:
    """The runs that were scored by a metric."""
    return {name: run for name, run in runs.items() if metric in run.get("int8_scores", {})}
