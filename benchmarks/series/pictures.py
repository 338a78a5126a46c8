"""Pictures of the series page that the package itself does not draw, and how all are made small."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from seqloom.explain.conversion import Explanation
from seqloom.explain.paper import save
from seqloom.search.stepper import Reals

WIDTH = 900
"""Pixels that a picture is wide at most."""
_COLOURS = 128
_LINES = ("#084594", "#b35900")
"""Told apart by the colour-blind, and in grey by their lightness."""


def small(path: Path) -> None:
    """Fewer pixels and colours: a page of many pictures should load quickly."""
    with Image.open(path) as image:
        whole = image.convert("RGB")
    height = round(whole.height * min(1.0, WIDTH / whole.width))
    whole = whole.resize((min(WIDTH, whole.width), height), Image.Resampling.LANCZOS)
    whole.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


def spectra(frames: Mapping[str, Reals], path: Path) -> None:
    """Log-mel frames [T, F], one below the other in the same colours; time to the right."""
    figure = Figure(figsize=(9, 1.7 * len(frames)), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(frames), 1, sharex=True, squeeze=False)[:, 0]
    low = min(float(each.min()) for each in frames.values())
    high = max(float(each.max()) for each in frames.values())
    for axes, (name, each) in zip(grid, frames.items(), strict=True):
        axes.imshow(
            each.T, aspect="auto", origin="lower", cmap="viridis", vmin=low, vmax=high
        )  # fmt: skip
        axes.set_title(name, loc="left", size=10)
        axes.set_ylabel("band")
    grid[-1].set_xlabel("frame")
    save(figure, path)


def learning(curves: Mapping[str, Sequence[tuple[int, float]]], metric: str, path: Path) -> None:
    """A metric of the dev set over the updates, a line for each row; solid with skip connections."""
    books = list(dict.fromkeys(name.rpartition("-")[0] for name in curves))
    figure = Figure(figsize=(9, 3.6), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for name, points in curves.items():
        book, _, kind = name.rpartition("-")
        axes.plot(
            *zip(*points, strict=True), color=_LINES[books.index(book) % len(_LINES)], label=name,
            linestyle="-" if kind == "skip" else "--", marker="o", markersize=3,
        )  # fmt: skip
    axes.set_xlabel("update")
    axes.set_ylabel(metric)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    save(figure, path)
    small(path)


def narrowed(explanation: Explanation, names: tuple[str, ...]) -> Explanation:
    """With a panel for some of the features only."""
    answer, actual = explanation.answer, explanation.actual
    kept = [number for number, name in enumerate(answer.names) if name in names]
    some = replace(
        answer,
        frames=answer.frames[:, kept],
        scale=answer.scale[:, kept],
        quantiles={level: each[:, kept] for level, each in answer.quantiles.items()},
        names=tuple(answer.names[number] for number in kept),
    )
    known = explanation.known[:, kept]
    return replace(
        explanation, answer=some, known=known, actual=None if actual is None else actual[:, kept]
    )
