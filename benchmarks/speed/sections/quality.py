"""Time to quality: minutes until the best peer's word error rate, and ours against that peer's."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from benchmarks.speed.cells import SYSTEM, cell, failure, pipes
from benchmarks.speed.systems import Figures


class Race(NamedTuple):
    """Minutes of ours and of the peer that reached the mark first; None for who never did."""

    ours: float | None
    peer: str
    theirs: float | None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.ours is not None and self.theirs else None


def race(systems: Mapping[str, Figures]) -> Race:
    """One language."""
    reached = {
        name: found["minutes"]
        for name, found in systems.items()
        if SYSTEM[name].peer and found.get("minutes") is not None
    }
    peer = min(reached, key=reached.__getitem__, default="")
    return Race(systems.get("seqloom", {}).get("minutes"), peer, reached.get(peer))


def to_quality(entry: Mapping[str, Any]) -> str:
    rows: list[list[str]] = []
    for language, systems in entry.items():
        against = race(systems).ratio
        for name, found in systems.items():
            rates = [cell(found.get(key), ".2f") for key in ("lowest", "target")]
            minutes = [cell(found.get(key), ".1f") for key in ("minutes", "total")]
            share = cell(against, ".2f", "x") if name == "seqloom" else ""
            rows.append([language, name, *rates, *minutes, share, failure([found])])
    head = ["language", "system", "lowest dev WER", "best peer's WER", "minutes to it"]
    head += ["minutes in all", "of the best peer's time", "note"]
    return f"### Time to quality, g2p15, dev set, greedy\n\n{pipes(head, rows)}"
