"""One answer of a converter of frames, to print, to draw, or as JSON: each feature over time, with the
bands between its quantiles, and below them what every step looked at.

Sizes: S frames known, T frames written, G features.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seqloom.data.frames.conversion import Conversion, rounded
from seqloom.explain.paper import as_svg, blues, dress, save, sheet
from seqloom.explain.series import Forecast, forecast_panel, share_legend
from seqloom.explain.theme import Scheme, Theme, theme_of
from seqloom.search.stepper import Reals

_SHOWN = 8
"""Features with a panel of their own; a spectrum has more, and is drawn as a whole."""
_NAMED = 3
"""Frames read that are named for each step."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """answer; known [S, G], what was read; actual [T, G], what came, if that is known; ahead: whether
    what is written comes after what was read, or stands beside it."""

    answer: Conversion
    known: Reals
    actual: Reals | None
    ahead: bool

    def __str__(self) -> str:
        """What was read and written, and where most attention went, in words."""
        answer = self.answer
        lines = [f"{len(self.known)} frames read, {len(answer.frames)} written"]
        if answer.times:
            lines.append(f"from {answer.times[0]} to {answer.times[-1]}")
        if answer.attention is not None:
            lines.append(f"most attention, over all steps: {self.looked(answer.attention.mean(0))}")
        return "\n".join(lines)

    def looked(self, weights: Reals) -> str:
        """The frames with the largest of the weights [S], in words."""
        most: list[int] = weights.argsort()[::-1][:_NAMED].tolist()
        return ", ".join(
            f"{self._place(place, len(weights))} ({weights[place]:.1%})" for place in most
        )

    def _place(self, place: int, read: int) -> str:
        return f"step {place - read}" if self.ahead else f"frame {place + 1}"

    def png(self, path: str | Path, theme: Scheme = "light") -> None:
        """Write the picture."""
        save(self.draw(theme_of(theme)), path)

    def svg(self, path: str | Path, theme: Scheme = "light") -> None:
        """The same as a drawing that scales."""
        colours = theme_of(theme)
        Path(path).write_text(as_svg(self.draw(colours), colours) + "\n", encoding="utf-8")

    def html(self, path: str | Path) -> None:
        """One self-contained page: the drawing, in its reader's scheme, and what each step looked at."""
        from seqloom.explain.conversion_html import conversion_page

        Path(path).write_text(conversion_page(self), encoding="utf-8")

    def draw(self, theme: Theme) -> Figure:
        """The picture on the paper of a theme."""
        return (_forecast if self.ahead else _beside)(self, theme)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: what was known, what came (null if that is not known), and the answer with its
        attention."""
        return {
            "ahead": self.ahead,
            "known": rounded(self.known),
            "actual": None if self.actual is None else rounded(self.actual),
            **self.answer.record(attention=True),
        }


def _forecast(explanation: Explanation, theme: Theme) -> Figure:
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
    return figure


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


def _beside(explanation: Explanation, theme: Theme) -> Figure:
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
    return figure
