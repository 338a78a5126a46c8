"""Forecasts as a PNG picture: what was known, what came, the median and bands between quantiles.

A panel for each series; 0 on the time axis is the first step that is forecast.

Sizes: S steps known, T steps forecast, R sampled forecasts.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seqloom.explain.paper import dress, save, sheet
from seqloom.explain.theme import LIGHT, Theme
from seqloom.search.stepper import Reals

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """One series.

    known      [S]
    quantiles  [T] for each level; a band is drawn between q and 1 - q where both are given
    actual     [T], what came, where that is known
    """

    name: str
    known: Reals
    quantiles: Mapping[float, Reals]
    actual: Reals | None = None


def quantiles_of(samples: Reals, levels: Sequence[float] = LEVELS) -> dict[float, Reals]:
    """Of sampled forecasts [R, T], step by step."""
    return {level: np.quantile(samples, level, axis=0).astype(np.float32) for level in levels}


def forecast_plot(
    forecasts: Sequence[Forecast], path: str | Path, step: str = "step", theme: Theme = LIGHT
) -> None:
    """Write the picture; `step` names what one step is, as 'hour'."""
    assert forecasts, "a picture has at least one panel"
    figure = sheet(theme, 9, 0.7 + 2.0 * len(forecasts), "constrained")
    grid = figure.subplots(len(forecasts), 1, sharex=True, squeeze=False)
    for axes, forecast in zip(grid[:, 0], forecasts, strict=True):
        forecast_panel(dress(axes, theme), forecast, theme)
    grid[-1, 0].set_xlabel(f"{step}s from the first one forecast")
    share_legend(figure, grid[0, 0], theme)
    save(figure, path)


def share_legend(figure: Figure, axes: Axes, theme: Theme) -> None:
    """One legend above all panels, that of one of them."""
    handles, names = axes.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside upper center", ncols=len(names), frameon=False,
        labelcolor=theme.ink,
    )  # fmt: skip


def bands(levels: Sequence[float]) -> list[tuple[float, float]]:
    """Pairs of levels as far below as above the middle, the widest first."""
    lower = sorted(level for level in levels if level < 0.5)
    return [(low, high) for low in lower for high in levels if abs(low + high - 1) < 1e-9]


def forecast_panel(axes: Axes, forecast: Forecast, theme: Theme) -> None:
    """One series: what was known, the bands, and what came."""
    known, quantiles = forecast.known, forecast.quantiles
    length = len(next(iter(quantiles.values())))
    ahead = np.arange(length)
    pairs = bands(list(quantiles))
    for number, (low, high) in enumerate(pairs, start=1):
        axes.fill_between(
            ahead, quantiles[low], quantiles[high], color=theme.weight, linewidth=0,
            alpha=0.12 + 0.14 * (number - 1), label=f"{high - low:.0%} band",
        )  # fmt: skip
    axes.plot(np.arange(-len(known), 0), known, color=theme.quiet, linewidth=1.2, label="known")
    if forecast.actual is not None:
        axes.plot(ahead, forecast.actual, color=theme.ink, linewidth=1.2, label="came")
    if 0.5 in quantiles:
        axes.plot(ahead, quantiles[0.5], color=theme.weight, linewidth=1.6, label="median forecast")
    axes.axvline(-0.5, color=theme.edge, linewidth=0.8)
    axes.set_title(forecast.name, loc="left", size=10, color=theme.ink)
    axes.set_axisbelow(True)
    axes.grid(color=theme.faint, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
