"""Decoding outputs of one length: what a source alone waits, batches, the first answer, memory."""

from collections.abc import Mapping
from typing import Any

from benchmarks.speed.cells import (
    SYSTEM,
    Get,
    Turns,
    cell,
    column,
    milliseconds,
    named,
    note,
    pipes,
)
from benchmarks.speed.summary import best, middle, ratio
from benchmarks.speed.workload import SHAPES

_COLUMNS: list[tuple[str, Get, str]] = [
    ("greedy, batch 1, p50 ms", milliseconds(0.5), ".2f"),
    ("p95 ms", milliseconds(0.95), ".2f"),
    ("greedy, batch 64, tokens/s", named("greedy"), ",.0f"),
    ("beam 5, batch 64, tokens/s", named("beam"), ",.0f"),
    ("first answer, s", named("start"), ".2f"),
    ("MB", named("memory_mb"), ".0f"),
    ("peak MB", named("peak_mb"), ".0f"),
]


def decoding(workload: str, entry: Mapping[str, Any]) -> str:
    turns: Turns = entry["systems"]
    rows: list[list[str]] = []
    for name, rounds in turns.items():
        cells = [cell(middle(column(rounds, get)), form) for _, get, form in _COLUMNS]
        rows.append([name, *cells, note(name, rounds)])
    head = ["system", *(title for title, _, _ in _COLUMNS), "note"]
    head_of_ratios, ratios = _ratios(turns)
    compared = f"\n\n{pipes(head_of_ratios, ratios)}" if ratios and len(head_of_ratios) > 1 else ""
    title = f"### Decoding, {workload}, {SHAPES[workload].steps} steps an output"
    return f"{title}\n\n{pipes(head, rows)}{compared}"


def _ratios(turns: Turns) -> tuple[list[str], list[list[str]]]:
    """How many times faster each of our ways is than the best peer, by round."""
    ours = [name for name in turns if not SYSTEM[name].peer]
    recurrent = [name for name in turns if SYSTEM[name].peer and name != "ctranslate2"]
    rows: list[list[str]] = []
    for title, get, lowest in (
        ("batch 1", milliseconds(0.5), True),
        ("batch 64", named("greedy"), False),
        ("beam 5", named("beam"), False),
    ):
        figures = {name: column(turn, get) for name, turn in turns.items()}
        for rivals in (recurrent, ["ctranslate2"] if "ctranslate2" in turns else []):
            rival = best({name: figures[name] for name in rivals}, lowest=lowest)
            if rival is None:
                continue
            cells = [
                ratio(figures[rival], figures[name])
                if lowest
                else ratio(figures[name], figures[rival])
                for name in ours
            ]
            rows.append([f"{title}, against {rival}", *(cell(each, ".2f", "x") for each in cells)])
    return ["times faster", *ours], rows
