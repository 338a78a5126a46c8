"""Time to quality: minutes until the dev word error rate of g2p15 is the best peer's lowest.

Each system trains by its own recipe for such data (peers/learn-NAME.yaml, and our recipe g2p) on the same
cores, one after the other. After every epoch the dev set is decoded, greedily, with the clock stopped.
The mark to reach is the lowest rate that any peer showed after any epoch, which is kinder to the peers
than the checkpoint they would have chosen. Words are given to everyone decomposed (NFD), as our recipe
reads them. A run that is done is not run again.
"""

import json
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.rows import data_folder
from benchmarks.speed.drivers.protocol import Task
from benchmarks.speed.systems import SYSTEMS, Field, Figures, System

LEARNERS = ("seqloom", "yoyodyne", "opennmt")
_HERE = Path(__file__).parent
_LIMIT = 4 * 3600.0

Curve = Sequence[tuple[float, float]]
"""Seconds of training and the dev word error rate in percent, epoch by epoch."""


def minutes_to(curve: Curve, target: float) -> float | None:
    """When the rate was first no higher than the target; None if it never was."""
    return next((seconds / 60 for seconds, rate in curve if rate <= target), None)


def lowest(curve: Curve) -> float | None:
    return min((rate for _, rate in curve), default=None)


def summary(curves: dict[str, Curve], ours: str) -> dict[str, Figures]:
    """For each system its lowest rate and when it reached the mark."""
    peers = [low for name, curve in curves.items() if name != ours and (low := lowest(curve))]
    target = min(peers, default=None)
    return {
        name: {
            "lowest": lowest(curve),
            "target": target,
            "minutes": None if target is None else minutes_to(curve, target),
            "total": curve[-1][0] / 60 if curve else None,
            "curve": curve,
        }
        for name, curve in curves.items()
    }


def measure(
    field: Field,
    systems: Sequence[System],
    languages: Sequence[str],
    quick: bool,
    saved: Callable[[dict[str, Any]], None],
) -> None:
    """Every language with every learner; `saved` is called after each with all there is."""
    chosen = [s for s in SYSTEMS if s.name in LEARNERS and s in systems]
    found: dict[str, Any] = {}
    for language in languages:
        data = _prepare(language, field.out / "data" / f"g2p-{language}", 200 if quick else None)
        curves: dict[str, Curve] = {}
        failed: dict[str, str] = {}
        for system in chosen:
            figures = _learn(field, system, language, data, quick)
            curves[system.name] = [tuple(point) for point in figures.get("points", [])]
            if "failed" in figures:
                failed[system.name] = figures["failed"]
            found[language] = summary(curves, "seqloom")
            for name, reason in failed.items():
                found[language][name]["failed"] = reason
            saved(found)


def _prepare(language: str, folder: Path, limit: int | None) -> Path:
    """train and dev as the workloads have them (.src, .tgt, .tsv, vocabularies), and as they come."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "dev"):
        text = (data_folder() / "g2p15" / f"{language}_{part}.tsv").read_text("utf-8")
        rows = [line for line in text.splitlines() if line][:limit]
        pairs = [row.split("\t") for row in rows]
        words = [unicodedata.normalize("NFD", word) for word, _ in pairs]
        sides = {"src": [" ".join(word) for word in words], "tgt": [phones for _, phones in pairs]}
        for side, lines in sides.items():
            (folder / f"{part}.{side}").write_text("".join(f"{x}\n" for x in lines), "utf-8")
            if part == "train":
                units = dict.fromkeys(unit for line in lines for unit in line.split())
                vocabulary = "".join(f"{unit}\t1\n" for unit in units)
                (folder / f"vocab.{side}").write_text(vocabulary, "utf-8")
        (folder / f"{part}.words.tsv").write_text("".join(f"{row}\n" for row in rows), "utf-8")
        cut = (f"{s}\t{t}\n" for s, t in zip(sides["src"], sides["tgt"], strict=True))
        (folder / f"{part}.tsv").write_text("".join(cut), "utf-8")
    return folder


def _learn(field: Field, system: System, language: str, data: Path, quick: bool) -> Figures:
    done = field.out / "to-quality" / f"{language}-{system.name}.json"
    if done.exists():
        return json.loads(done.read_text("utf-8"))
    if system.driver in field.failed:
        return {"failed": field.failed[system.driver]}
    folder = field.out / "to-quality" / f"{language}-{system.name}-{int(time.time())}"
    given = Task(
        action="learn",
        data=str(data.absolute()),
        model=str(folder.absolute()),
        settings=str(_recipe(system)),
        started=time.time(),
        threads=field.threads,
        warm=0,
        seconds=0.0,
        steps=60,
        singles=0,
        batches=0,
        updates=2 if quick else 0,
    )
    log = field.out / "logs" / f"learn-{language}-{system.name}.txt"
    figures = field.run(system, given, log, 600 if quick else _LIMIT)
    if "failed" not in figures:
        done.parent.mkdir(parents=True, exist_ok=True)
        done.write_text(json.dumps(figures), "utf-8")
    points = figures.get("points", [])
    print(f"{language} {system.name}: {points[-1:]} {figures.get('failed', '')}", flush=True)
    return figures


def _recipe(system: System) -> Path:
    """Our recipe as it is shipped, a peer's settings beside the others."""
    if not system.peer:
        return _HERE.parents[1] / "recipes" / "g2p.yaml"
    return _HERE / "peers" / f"learn-{system.driver}.yaml"
