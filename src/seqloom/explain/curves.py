"""The training curve as a PNG picture: losses, the metric if one was kept, and the learning rate.

A record is one line of `metrics.jsonl`: a mapping with 'update' and any of 'train_loss',
'dev_loss', 'rate' and the metric. A curve skips the records that lack its value.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path

from matplotlib.axes import Axes

from seqloom.explain.paper import dress, save, sheet
from seqloom.explain.theme import LIGHT, Theme

Record = Mapping[str, object]


def training_curve(
    records: Iterable[Record], path: str | Path, metric: str = "", theme: Theme = LIGHT
) -> None:
    """Write the curves; `metric` names the record's entry for a panel of its own."""
    kept = list(records)
    panels = ["loss", *([metric] if metric and curve(kept, metric)[0] else [])]
    panels += ["rate"] if curve(kept, "rate")[0] else []
    figure = sheet(theme, 7, 1 + 2.2 * len(panels), "constrained")
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        _panel(dress(axes, theme), panel, kept, theme)
    grid[-1, 0].set_xlabel("update")
    save(figure, path)


def curve(records: Sequence[Record], key: str) -> tuple[list[float], list[float]]:
    """(updates, values) of one entry; a value that is not a finite number is left out."""
    points = [(_number(record.get("update")), _number(record.get(key))) for record in records]
    known = [(update, value) for update, value in points if isfinite(update) and isfinite(value)]
    return [update for update, _ in known], [value for _, value in known]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _panel(axes: Axes, panel: str, records: Sequence[Record], theme: Theme) -> None:
    if panel == "loss":
        _losses(axes, records, theme)
    else:
        _plot(axes, records, panel, panel, theme.quiet if panel == "rate" else theme.weight)
        axes.set_ylabel("learning rate" if panel == "rate" else panel)
    axes.grid(color=theme.faint, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _losses(axes: Axes, records: Sequence[Record], theme: Theme) -> None:
    drawn = [
        _plot(axes, records, "train_loss", "training", theme.half),
        _plot(axes, records, "dev_loss", "validation", theme.weight),
    ]
    axes.set_ylabel("loss (natural log)")
    if any(drawn):
        axes.legend(frameon=False, labelcolor=theme.ink)
        # Of a density the log may be above 0, and the loss below.
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))


def _plot(axes: Axes, records: Sequence[Record], key: str, name: str, colour: str) -> bool:
    """Draw one curve, with dots where there are few points; False if there is nothing to draw."""
    updates, values = curve(records, key)
    if updates:
        axes.plot(
            updates, values, color=colour, label=name, marker="o" if len(updates) < 30 else "",
            markersize=3, linewidth=1.5,
        )  # fmt: skip
    return bool(updates)
