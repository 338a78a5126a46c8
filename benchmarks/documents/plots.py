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
TAKEN = {
    "most": "what weighs most first",
    "random": "at random",
    "least": "what weighs least first",
}
CURVES = {"most": "#0a4595", "random": "#57606a", "least": "#c8651b"}


def plot_lengths(
    spans: Sequence[str], accuracy: Mapping[str, Sequence[Estimate | None]], path: Path
) -> None:
    """Points for each model; bars are 95% intervals over seeds, models side by side."""
    figure = _figure(8.6, 3.6)
    axes = figure.subplots()
    for number, (name, values) in enumerate(accuracy.items()):
        known = [(at, each) for at, each in enumerate(values) if each is not None]
        axes.errorbar(
            [at + 0.09 * (number - (len(accuracy) - 1) / 2) for at, _ in known],
            [each.mean for _, each in known],
            yerr=[each.half or 0.0 for _, each in known],
            color=COLOURS[number % len(COLOURS)],
            marker=MARKS[number % len(MARKS)],
            label=name,
            capsize=2,
            linestyle="none",  # a line from one place to another beside it would look too high
            markersize=6,
        )
    axes.set_xticks(range(len(spans)), spans)
    axes.set_xlabel("words in the document")
    axes.set_ylabel("accuracy, %")
    _styled(axes)
    # Beside the lines, which go anywhere within.
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, path)


def plot_deletion(models: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]], path: Path) -> None:
    """A panel for each model and unit: the mean over seeds of each curve, and from the lowest seed to the
    highest."""
    figure = _figure(8, 2.9 * len(models) + 0.4)
    grid = figure.subplots(len(models), 2, squeeze=False, sharey=True)
    for line, (name, seeds) in zip(grid, models.items(), strict=True):
        for at, axes in enumerate(line):
            shares = [100 * share for share in seeds[0][at]["shares"]]
            for (order, colour), mark in zip(CURVES.items(), MARKS, strict=False):
                curves = np.array([seed[at]["curves"][order] for seed in seeds])
                axes.fill_between(
                    shares, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.2, lw=0
                )
                mean = curves.mean(axis=0)
                axes.plot(shares, mean, color=colour, marker=mark, markersize=4, label=TAKEN[order])
            axes.set_title(f"{name}: {seeds[0][at]['unit']}s", fontsize=10)
            axes.set_xlabel("taken out, %")
            axes.set_ylim(0, 1)
            _styled(axes)
        line[0].set_ylabel("probability of the label given")
    figure.legend(
        *grid[0][0].get_legend_handles_labels(),
        loc="outside upper center", ncols=3, frameon=False, fontsize=9,
    )  # fmt: skip
    save(figure, path)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _styled(axes: Any) -> None:
    axes.grid(color="#e3e7eb", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
