"""One cell of the grid: trains its recipe, answers the test set, writes result.json.

    python -m seqloom.lab.cell EXPERIMENT OUT ROW TASK SEED

Each cell is a process of its own, so that its memory and its threads are its own. One that was
stopped goes on where it was; the most memory that any of its processes held is kept beside it.
"""

import json
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from seqloom.api import as_pairs, finish, fitted
from seqloom.atomic import replacing
from seqloom.console.session import Stopped
from seqloom.errors import UserError
from seqloom.evaluation import Evaluation
from seqloom.lab.experiment import Cell, Experiment, cells, read_experiment, settings_of
from seqloom.lab.memory import kept_peak
from seqloom.metrics import evaluate
from seqloom.model import Model
from seqloom.training.journal import read_journal

RESULT = "result.json"
_MEGABYTE = 1_000_000


def run_cell(experiment: Experiment, cell: Cell) -> dict[str, Any]:
    """Train what is not trained yet, and judge it."""
    run = cell.folder / "run"
    try:
        model = _trained(cell, run)
    finally:
        kept_peak(cell.folder)
    started = time.perf_counter()
    evaluation = model.evaluate(
        metrics=experiment.metrics, tokenize=experiment.tokenize, lowercase=experiment.lowercase
    )
    journal = list(read_journal(run / "metrics.jsonl"))
    result = {
        "row": cell.row,
        "task": cell.task,
        "seed": cell.seed,
        "scores": evaluation.report.to_dict()["scores"],
        "lengths": by_length(experiment, evaluation),
        "parameters": sum(weight.numel() for weight in model.run.model.parameters()),
        "updates": journal[-1]["update"],
        "train_minutes": _minutes(journal[-1]["seconds"]),
        "train_cpu_minutes": _minutes(journal[-1].get("cpu_seconds")),
        "test_seconds": round(time.perf_counter() - started, 2),
        "peak_megabytes": round(kept_peak(cell.folder) / _MEGABYTE),
        "settings": settings_of(cell.recipe),
    }
    with replacing(cell.folder / RESULT) as part:
        part.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return result


def _minutes(seconds: float | None) -> float | None:
    """None where a run of an earlier version did not count them."""
    return None if seconds is None else round(float(seconds) / 60, 3)


def _trained(cell: Cell, run: Path) -> Model:
    if (run / "README.md").exists():  # the model card, which is written last
        return as_pairs(finish(run), "compare")
    started = (run / "run.json").exists()
    model = fitted(cell.recipe, run, resume=started, command=f"cell {cell}", quiet=True)
    return as_pairs(model, "compare")


def by_length(experiment: Experiment, evaluation: Evaluation) -> list[dict[str, float]]:
    """The first metric over the test items of each class of source length."""
    if not experiment.lengths:
        return []
    bounds = [0, *sorted(experiment.lengths), sys.maxsize]
    sizes = [len(example.source.split()) for example in evaluation.examples]
    classes = [
        [i for i, size in enumerate(sizes) if low < size <= high] for low, high in pairwise(bounds)
    ]
    return [_scored(experiment, evaluation, chosen, sizes) for chosen in classes if chosen]


def _scored(
    experiment: Experiment, evaluation: Evaluation, chosen: Sequence[int], sizes: Sequence[int]
) -> dict[str, float]:
    metric = experiment.metrics[0]
    report = evaluate(
        [evaluation.results[i].text for i in chosen],
        [evaluation.references[i] for i in chosen],
        [metric],
        bootstrap=0,
        tokenize=experiment.tokenize,
        lowercase=experiment.lowercase,
    )
    return {
        "from": min(sizes[i] for i in chosen),
        "to": max(sizes[i] for i in chosen),
        "mean_length": sum(sizes[i] for i in chosen) / len(chosen),
        "items": len(chosen),
        metric: report[metric].value,
    }


def main() -> None:
    file, out, row, task, seed = sys.argv[1:]
    experiment = read_experiment(Path(file))
    wanted = (row, task, int(seed))
    cell = next(c for c in cells(experiment, Path(out)) if (c.row, c.task, c.seed) == wanted)
    try:
        run_cell(experiment, cell)
    except UserError as error:
        sys.exit(f"seqloom: error: {error}")
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(stopped.status)


if __name__ == "__main__":
    main()
