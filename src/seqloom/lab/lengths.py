"""The field's best-known picture (Bahdanau 2015, figure 2): the score against source length.

Items fall into classes by the words of their source. The score of a class is its mean over the tasks,
its interval one over the seeds.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from math import isinf
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from seqloom.atomic import replacing
from seqloom.explain.paper import save, sheet
from seqloom.explain.theme import LIGHT
from seqloom.lab.experiment import Experiment
from seqloom.lab.summary import Estimate, over_seeds

# Okabe and Ito's palette, which the colour-blind can tell apart.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_LINES = ("-", "--", ":")


class Point(NamedTuple):
    """One class: its name, the mean length of its sources in words, items of a test set, and the score.
    The fewer items, the less a score says: the interval over seeds does not know of them."""

    name: str
    length: float
    items: float
    score: Estimate


def length_curve(experiment: Experiment, results: Sequence[Mapping[str, Any]]) -> list[Point]:
    """The classes of one row, shortest first."""
    metric = experiment.metrics[0]
    classes: dict[float, list[tuple[Mapping[str, Any], Mapping[str, float]]]] = {}
    for result in results:
        for found in result["lengths"]:
            classes.setdefault(_bound(experiment, found["to"]), []).append((result, found))
    points: list[Point] = []
    for bound, members in sorted(classes.items()):
        score = over_seeds([(result, found[metric]) for result, found in members])
        assert score is not None
        length = fmean(found["mean_length"] for _, found in members)
        items = fmean(found["items"] for _, found in members)
        points.append(Point(_name(experiment, bound), length, items, score))
    return points


def _bound(experiment: Experiment, longest: float) -> float:
    return min((bound for bound in experiment.lengths if longest <= bound), default=float("inf"))


def _name(experiment: Experiment, bound: float) -> str:
    """'to 10', '11 to 20', 'over 20'."""
    below = max((each for each in experiment.lengths if each < bound), default=0)
    if isinf(bound):
        return f"over {below}"
    return f"{below + 1} to {bound:g}" if below else f"to {bound:g}"


def draw_lengths(
    title: str, metric: str, curves: Mapping[str, Sequence[Point]], path: Path
) -> None:
    """As PNG."""
    with replacing(path) as part:
        save(figure_of(title, metric, curves), part)


def figure_of(title: str, metric: str, curves: Mapping[str, Sequence[Point]]) -> Figure:
    """One line for each row; below each class stands how many items it has."""
    figure = sheet(LIGHT, 8, 5, "constrained")
    axes = figure.subplots()
    for number, (name, points) in enumerate(curves.items()):
        axes.errorbar(
            [point.length for point in points],
            [point.score.mean for point in points],
            yerr=[point.score.half or 0.0 for point in points],
            color=_COLOURS[number % len(_COLOURS)],
            linestyle=_LINES[number // len(_COLOURS) % len(_LINES)],
            marker="o", markersize=4, linewidth=1.6, capsize=2, elinewidth=0.7, label=name,
        )  # fmt: skip
    for length, items in _items(curves).items():
        axes.annotate(
            f"{items:,.0f}", (length, 0), (0, 4), textcoords="offset points",
            ha="center", fontsize=7, color="#57606a",
        )  # fmt: skip
    axes.set_xlabel(
        "source length in words (mean of the class); above the axis: items of the class"
    )
    axes.set_ylabel(f"{metric}, 95% interval over seeds")
    axes.set_title(title)
    axes.set_ylim(bottom=0)
    axes.grid(color="#e3e7eb", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


def _items(curves: Mapping[str, Sequence[Point]]) -> dict[float, float]:
    """By the mean length of the class; rows that were asked about the same tasks have the same."""
    return {point.length: point.items for points in curves.values() for point in points}
