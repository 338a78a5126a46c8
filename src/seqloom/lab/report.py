"""The outcome of an experiment: report.md, report.json and, where lengths are asked for, lengths.png.

Rows stand in the order of the experiment. An interval is over the seeds, not over test items.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqloom.atomic import replacing
from seqloom.lab.experiment import Experiment
from seqloom.lab.lengths import Point, draw_lengths, length_curve
from seqloom.lab.summary import Estimate, of_cost, of_score

Results = Sequence[dict[str, Any]]
COSTS = {
    "parameters": "parameters",
    "train_minutes": "training, minutes",
    "train_cpu_minutes": "training, CPU minutes",
    "test_seconds": "test set, seconds",
    "peak_megabytes": "peak memory, MB",
}


def write_report(experiment: Experiment, results: Results, folder: Path) -> Path:
    """Write what there is so far; returns the Markdown file."""
    names = [name for name in experiment.rows if _of(results, name)]
    folder.mkdir(parents=True, exist_ok=True)
    picture = bool(experiment.lengths and names)
    if picture:
        curves = {name: length_curve(experiment, _of(results, name)) for name in names}
        draw_lengths(experiment.title, experiment.metrics[0], curves, folder / "lengths.png")
    with replacing(folder / "report.json") as part:
        part.write_text(json.dumps(as_json(experiment, results), indent=1) + "\n", "utf-8")
    with replacing(folder / "report.md") as part:
        part.write_text(markdown(experiment, results, picture), "utf-8")
    return folder / "report.md"


def markdown(experiment: Experiment, results: Results, picture: bool) -> str:
    """The table and, where there are several tasks, one for each metric by task."""
    parts = [f"# {experiment.title}\n"]
    if experiment.description:
        parts.append(f"{experiment.description}\n")
    parts.append(_terms(experiment, results))
    parts.append(_table(experiment, results))
    if len(experiment.tasks) > 1:
        parts += [_by_task(experiment, results, metric) for metric in experiment.metrics]
    if picture:
        parts += ["![score by source length](lengths.png)\n", _by_length(experiment, results)]
    return "\n".join(parts)


def _terms(experiment: Experiment, results: Results) -> str:
    seeds = sorted({result["seed"] for result in results})
    several = " Scores are means over the tasks." if len(experiment.tasks) > 1 else ""
    shared = ", ".join(f"`{change}`" for change in experiment.set) or "nothing"
    return (
        f"Seeds: {', '.join(map(str, seeds)) or 'none yet'}. ± is half the 95% interval over seeds "
        f"(Student's t).{several} All rows share {shared}.\n"
    )


def _table(experiment: Experiment, results: Results) -> str:
    costs = list(COSTS.values())
    lines = [
        _line(["system", *experiment.metrics, *costs]),
        _rule(1 + len(experiment.metrics) + len(costs)),
    ]
    for name in experiment.rows:
        own = _of(results, name)
        if not own:
            continue
        scores = [_shown(of_score(own, metric)) for metric in experiment.metrics]
        lines.append(_line([name, *scores, *(_cost(own, cost) for cost in COSTS)]))
    return "\n".join([*lines, ""])


def _by_task(experiment: Experiment, results: Results, metric: str) -> str:
    lines = [_line([metric, *experiment.tasks]), _rule(1 + len(experiment.tasks))]
    for name in experiment.rows:
        cells = [
            _shown(of_score([r for r in _of(results, name) if r["task"] == task], metric))
            for task in experiment.tasks
        ]
        lines.append(_line([name, *cells]))
    return "\n".join([*lines, ""])


def _by_length(experiment: Experiment, results: Results) -> str:
    """What the picture shows, with how many items each class has."""
    curves = {
        name: {point.name: point for point in length_curve(experiment, own)}
        for name in experiment.rows
        if (own := _of(results, name))
    }
    classes = {name: point.items for points in curves.values() for name, point in points.items()}
    lines = [
        _line([f"{experiment.metrics[0]}, source words", *classes]),
        _rule(1 + len(classes)),
        _line(["items of the class", *(f"{items:,.0f}" for items in classes.values())]),
    ]
    for name, points in curves.items():
        cells = [_shown(points[each].score) if each in points else "" for each in classes]
        lines.append(_line([name, *cells]))
    return "\n".join([*lines, ""])


def as_json(experiment: Experiment, results: Results) -> dict[str, Any]:
    """The same for a script: estimates by row, and every result without its settings."""
    rows = {
        name: {
            **{metric: _json(of_score(own, metric)) for metric in experiment.metrics},
            **{cost: _json(of_cost(own, cost)) for cost in COSTS},
            "lengths": [_point(each) for each in length_curve(experiment, own)],
        }
        for name in experiment.rows
        if (own := _of(results, name))
    }
    slim = [{key: value for key, value in r.items() if key != "settings"} for r in results]
    return {"experiment": experiment.model_dump(mode="json"), "rows": rows, "results": slim}


def _of(results: Results, row: str) -> list[dict[str, Any]]:
    return [result for result in results if result["row"] == row]


def _shown(found: Estimate | None) -> str:
    return "" if found is None else str(found)


def _cost(own: Results, cost: str) -> str:
    found = of_cost(own, cost)
    if found is None:
        return ""
    return f"{found.mean:,.1f}" if cost.endswith("minutes") else f"{found.mean:,.0f}"


def _json(found: Estimate | None) -> dict[str, float | None] | None:
    return found and {"mean": found.mean, "half": found.half, "seeds": found.seeds}


def _point(point: Point) -> dict[str, Any]:
    of_class = {"name": point.name, "length": point.length, "items": point.items}
    return {**of_class, **(_json(point.score) or {})}


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
