"""Where the time goes, in percent: a training update and a decoding step of ours.

A training update is cut by the clock into its phases, and by torch's profiler into kinds of work.
Decoding is cut by the clock into what the stepper does (start, step, select) and the search around it,
for torch, the compiled kernel and ONNX Runtime; the torch steps also into kinds of work. Kernel and ONNX
Runtime go through some searches by themselves, which is timed beside it. A process per workload
(profile_one.py).
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.speed.systems import SYSTEMS, Field, run_measured
from benchmarks.speed.workload import prepare

KINDS = {
    "matrix products": ("mm", "linear", "baddbmm", "bmm", "matmul", "einsum"),
    "recurrent layers of torch": ("lstm", "rnn", "gru"),
    "softmax": ("softmax",),
    "optimizer": ("adam", "optimizer", "foreach", "clip_grad", "norm"),
    "gather, copy, reshape": (
        "copy",
        "cat",
        "index",
        "gather",
        "scatter",
        "select",
        "embedding",
        "clone",
        "stack",
        "nonzero",
        "fill",
        "zero",
        "empty",
        "view",
        "transpose",
        "topk",
        "sort",
        "split",
        "slice",
        "narrow",
        "contiguous",
        "unbind",
    ),
}
"""Kinds of work by what the names of operators contain."""

OTHER = "pointwise and other"
"""What fits none of them."""


def kind_of(operator: str) -> str:
    """The first kind whose words the operator's name contains."""
    name = operator.removeprefix("aten::").lower()
    for kind, words in KINDS.items():
        if any(word in name for word in words):
            return kind
    return OTHER


def shares(times: Mapping[str, float]) -> dict[str, float]:
    """Percent of the sum, largest first."""
    total = sum(times.values()) or 1.0
    ordered = sorted(times.items(), key=lambda item: -item[1])
    return {name: round(100 * value / total, 1) for name, value in ordered}


def by_kind(times: Mapping[str, float]) -> dict[str, float]:
    """Percent of each kind of work."""
    sums: dict[str, float] = {}
    for name, value in times.items():
        sums[kind_of(name)] = sums.get(kind_of(name), 0.0) + value
    return shares(sums)


def measure(
    field: Field, workloads: list[str], quick: bool, saved: Callable[[dict[str, Any]], None]
) -> None:
    """The profiles of each workload; `saved` is called after each with all there is. Models are made as
    for the decoding measurements."""
    found: dict[str, Any] = {}
    ours = [system for system in SYSTEMS if system.driver == "seqloom" and system.decodes]
    for name in workloads:
        workload = prepare(name, field.out, quick)
        for system in ours:
            field.made(system, workload)
        models = field.out / "models" / workload.folder.name
        settings = field.settings(ours[0], workload)
        words = [name, str(workload.folder), str(models), str(settings), "5" if quick else "30"]
        command = [sys.executable, "-m", "benchmarks.speed.profile_one", *words]
        log = field.out / "logs" / f"profile-{workload.folder.name}.txt"
        found[name] = run_measured(command, log, field.threads, field.effort.limit)
        print(f"profile {name}: {found[name]}", flush=True)
        saved(found)
