"""Cells and rows of the tables, and columns of figures round by round."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.speed.summary import middle, percentile, spread
from benchmarks.speed.systems import SYSTEMS, Figures

Get = Callable[[Figures], float | None]
"""What a table looks up in the figures of a turn; None where it is not there."""

Turns = Mapping[str, Sequence[Figures]]
"""For each system what it measured in each round."""

SYSTEM = {system.name: system for system in SYSTEMS}


def column(rounds: Sequence[Figures], get: Get) -> list[float | None]:
    return [get(figures) for figures in rounds]


def named(name: str) -> Get:
    return lambda figures: figures.get(name)


def milliseconds(share: float) -> Get:
    """A percentile of the times of sources that were answered one by one."""

    def get(figures: Figures) -> float | None:
        times = figures.get("milliseconds")
        return percentile(times, share) if times else None

    return get


def cell(value: float | None, form: str, unit: str = "") -> str:
    return "-" if value is None else f"{value:{form}}{unit}"


def ranged(rounds: Sequence[float | None], form: str) -> str:
    """The median, and in brackets the lowest and the highest."""
    ends = spread(rounds)
    if ends is None:
        return "-"
    low, high = ends
    return f"{cell(middle(rounds), form)} ({low:{form}} to {high:{form}})"


def failure(rounds: Sequence[Figures]) -> str:
    """Why a turn failed, for a cell; nothing if none did."""
    failed = next((figures["failed"] for figures in rounds if "failed" in figures), "")
    return failed.replace("|", "/")


def note(name: str, rounds: Sequence[Figures]) -> str:
    """What to know of a system, and why a turn of it failed."""
    return "; ".join(filter(None, (SYSTEM[name].note, failure(rounds))))


def pipes(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
