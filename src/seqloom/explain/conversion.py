"""One answer of a converter of frames as a picture: each feature over time, with the bands between its
quantiles, and below them what every step looked at.

Sizes: S frames known, T frames written, G features.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes

from seqloom.data.frames.conversion import Conversion
from seqloom.explain.paper import blues, dress, save, sheet
from seqloom.explain.series import Forecast, forecast_panel, share_legend
from seqloom.explain.theme import Scheme, Theme, theme_of
from seqloom.search.stepper import Reals

_SHOWN = 8
"""Features with a panel of their own; a spectrum has more, and is drawn as a whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """answer; known [S, G], what was read; actual [T, G], what came, if that is known; ahead: whether
    what is written comes after what was read, or stands beside it."""

    answer: Conversion
    known: Reals
    actual: Reals | None
    ahead: bool

    def png(self, path: str | Path, theme: Scheme = "light") -> None:
        """Write the picture."""
        draw = _forecast if self.ahead else _beside
        draw(self, path, theme_of(theme))


def _forecast(explanation: Explanation, path: str | Path, theme: Theme) -> None:
    answer = explanation.answer
    features = range(min(_SHOWN, answer.frames.shape[1]))
    looked = answer.attention is not None
    heights = [2.0] * len(features) + [3.0] * looked
    figure = sheet(theme, 9, 0.7 + sum(heights), "constrained")
    grid = figure.subplots(
        len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    for axes in grid:
        dress(axes, theme)
    for axes, feature in zip(grid, features, strict=False):
        forecast_panel(axes, _of_feature(explanation, feature), theme)
    if answer.attention is not None:
        _attention(grid[-1], answer.attention, -len(explanation.known), theme)
    grid[-1].set_xlim(-len(explanation.known) - 0.5, len(answer.frames) - 0.5)
    grid[-1].set_xlabel("steps from the first one forecast")
    share_legend(figure, grid[0], theme)
    save(figure, path)


def _of_feature(explanation: Explanation, feature: int) -> Forecast:
    answer, actual = explanation.answer, explanation.actual
    name = answer.names[feature] if answer.names else f"feature {feature + 1}"
    quantiles = {level: each[:, feature] for level, each in answer.quantiles.items()}
    return Forecast(
        name,
        explanation.known[:, feature],
        quantiles or {0.5: answer.frames[:, feature]},
        None if actual is None else actual[:, feature],
    )


def _attention(axes: Axes, weights: Reals, first: int, theme: Theme) -> None:
    """Rows are steps written, columns the frames read: paper is no weight, the strongest the most."""
    steps, read = weights.shape
    axes.imshow(
        weights, aspect="auto", cmap=blues(theme), interpolation="nearest", vmin=0.0,
        extent=(first - 0.5, first + read - 0.5, steps - 0.5, -0.5),
    )  # fmt: skip
    axes.set_title(
        "attention: what each step ahead looked at", loc="left", size=10, color=theme.ink
    )
    axes.set_ylabel("steps ahead")


def _beside(explanation: Explanation, path: str | Path, theme: Theme) -> None:
    """Read, written and attention, each as an image with time to the right and features upwards."""
    answer = explanation.answer
    images = [("read", explanation.known), ("written", answer.frames)]
    rows = len(images) + (answer.attention is not None)
    figure = sheet(theme, 9, 2.4 * rows, "constrained")
    grid = figure.subplots(rows, 1, squeeze=False)[:, 0]
    for axes in grid:
        dress(axes, theme)
    for axes, (name, frames) in zip(grid, images, strict=False):
        axes.imshow(frames.T, aspect="auto", origin="lower", cmap="viridis")
        axes.set_title(f"{name}: {len(frames)} frames", loc="left", size=10, color=theme.ink)
        axes.set_ylabel("feature")
    if answer.attention is not None:
        _attention(grid[-1], answer.attention, 0, theme)
        grid[-1].set_ylabel("frame written")
    grid[-1].set_xlabel("frame read" if answer.attention is not None else "frame")
    save(figure, path)
