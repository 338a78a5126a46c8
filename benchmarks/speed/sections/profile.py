"""Where the time goes, in percent: a training update and a decoding step of ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.speed.cells import cell, pipes
from benchmarks.speed.profiles import KINDS, OTHER

_PHASES = ("batch", "forward", "backward", "clip", "optimizer")
_PARTS = ("start: encode", "step", "select", "search")
_FEEDING = {"feeding": "with input feeding", "no-feeding": "without"}

Shares = Mapping[str, float]
"""Percent by what the time was spent on."""


def profile(workload: str, found: Mapping[str, Any]) -> str:
    if "failed" in found:
        return f"### Profile, {workload}\n\nNot measured: {found['failed']}"
    parts = [f"### Profile, {workload}, percent of the time"]
    if "training" in found:
        parts += ["A training update, by its phases:", _phases(found["training"])]
        kinds = {_FEEDING[key]: each["kinds"] for key, each in found["training"].items()}
        parts += ["The same, by the kind of torch's operators:", _kinds("update", kinds)]
    if "decoding" in found:
        parts += [_DRIVEN, _driven(found["decoding"])]
        parts += _operators(found["decoding"].get("torch", {}).get("operators at batch 1"))
    return "\n\n".join(parts)


def _phases(training: Mapping[str, Any]) -> str:
    rows = [
        [label, cell(training[key]["ms"], ".1f"), *_cells(training[key]["phases"], _PHASES)]
        for key, label in _FEEDING.items()
        if key in training
    ]
    return pipes(["update", "ms", *_PHASES], rows)


def _kinds(what: str, rows: Mapping[str, Shares]) -> str:
    """Kinds that no row spent time on are left out."""
    kinds = [kind for kind in (*KINDS, OTHER) if any(shares.get(kind) for shares in rows.values())]
    cells = [[label, *_cells(shares, kinds)] for label, shares in rows.items()]
    return pipes([what, *kinds], cells)


_DRIVEN = (
    "Decoding, driven step by step from Python; the last column is the same search where the stepper "
    "goes through it by itself, as it does unless a setting asks for more:"
)


def _driven(decoding: Mapping[str, Any]) -> str:
    rows: list[list[str]] = []
    for way, found in decoding.items():
        if "failed" in found:
            rows.append([way, found["failed"].replace("|", "/"), *["-"] * (len(_PARTS) + 2)])
            continue
        for setting, cut in found.items():
            if "shares" in cut:
                cells = [cell(cut["ms"], ".2f"), *_cells(cut["shares"], _PARTS)]
                rows.append([way, setting, *cells, cell(cut.get("itself_ms"), ".2f")])
    head = ["answered by", "search", "ms a batch", *_PARTS, "by itself, ms"]
    return pipes(head, rows)


def _operators(found: Mapping[str, Any] | None) -> list[str]:
    if not found:
        return []
    table = _kinds("search", {"greedy, batch 1": found["kinds"]})
    return ["Torch's operators in decoding, by kind:", table]


def _cells(shares: Shares, names: Sequence[str]) -> list[str]:
    """What took no time at all is 0."""
    return [cell(shares.get(name, 0.0), ".1f") for name in names]
