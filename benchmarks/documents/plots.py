"""The pictures of the documents table: accuracy by length, and deletion curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seqloom.explain.paper import save
from seqloom.lab.summary import Estimate

COLOURS = ("#0a4595", "#c8651b", "#2f8f6b", "#8a4fa8", "#57606a")
MARKS = "osD^v"
CURVES = {"most": "#0a4595", "random": "#57606a", "least": "#c8651b"}


def plot_lengths(
    spans: Sequence[str], accuracy: Mapping[str, Sequence[Estimate | None]], path: Path
) -> None:
    """A line for each model; bars are 95% intervals over seeds, models side by side."""
    figure = _figure(7, 3.6)
    axes = figure.subplots()
    for number, (name, values) in enumerate(accuracy.items()):
        known = [(at, each) for at, each in enumerate(values) if each is not None]
        axes.errorbar(
            [at + 0.06 * (number - len(accuracy) / 2) for at, _ in known],
            [each.mean for _, each in known],
            yerr=[each.half or 0.0 for _, each in known],
            color=COLOURS[number % len(COLOURS)],
            marker=MARKS[number % len(MARKS)],
            label=name,
            capsize=2,
        )
    axes.set_xticks(range(len(spans)), spans)
    axes.set_xlabel("words in the document")
    axes.set_ylabel("accuracy, %")
    _finish(figure, axes, path)


def plot_deletion(models: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]], path: Path) -> None:
    """A panel for each model and unit: the mean over seeds of each curve."""
    figure = _figure(8, 3.2 * len(models))
    grid = figure.subplots(len(models), 2, squeeze=False, sharey=True)
    for line, (name, seeds) in zip(grid, models.items(), strict=True):
        for at, axes in enumerate(line):
            shares = [100 * share for share in seeds[0][at]["shares"]]
            for order, colour in CURVES.items():
                mean = np.mean([seed[at]["curves"][order] for seed in seeds], axis=0)
                axes.plot(shares, mean, color=colour, marker="o", markersize=3, label=order)
            axes.set_title(f"{name}: {seeds[0][at]['unit']}s", fontsize=10)
            axes.set_xlabel("taken out, %")
            axes.set_ylabel("probability of the label given")
            _styled(axes)
    save(figure, path)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _finish(figure: Figure, axes: Any, path: Path) -> None:
    _styled(axes)
    save(figure, path)


def _styled(axes: Any) -> None:
    axes.grid(color="#e3e7eb", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
