"""What a next-step predictor gives: samples, scores of a test set, and where its window stood."""

from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np

from seqloom.explain.theme import Scheme, theme_of
from seqloom.explain.window import Window
from seqloom.models.next_step_sampling import Ended
from seqloom.search.stepper import Reals

Strokes = Reals | tuple[str, Reals]
"""Offsets [T, 3], or a text and the offsets that write it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One that was generated.

    text     what was written, or what a drawing writes; empty for drawings without a text
    offsets  [T, 3] in units of the data, for strokes; those given first
    given    how much of it was given: characters of text, or points
    phi      [points, characters] that a window looked at, of the points drawn by the model
    ended    end, window, or length: it could not become longer
    origin   of a drawing: whether its first point is the origin, (0, 0), which no model draws
    """

    text: str
    offsets: Reals | None
    given: int
    phi: Reals | None
    ended: Ended
    origin: bool = False

    def record(self) -> dict[str, Any]:
        """What JSON can hold; of strokes all that must be known to read them again."""
        record: dict[str, Any] = {"text": self.text} if self.text or self.offsets is None else {}
        if self.offsets is not None:
            record |= {"points": "offsets", "origin": self.origin}
            record["strokes"] = [
                [round(x, 4), round(y, 4), int(pen)] for x, y, pen in self.offsets.tolist()
            ]
        return record | {"given": self.given, "ended": self.ended}


@dataclass(frozen=True, slots=True, eq=False)
class WindowExplanation:
    """A text that was written, and where the window stood."""

    sample: Sample

    def record(self) -> dict[str, Any]:
        """phi as numbers: a row for each point, a column for each character."""
        assert self.sample.phi is not None
        return {
            "text": self.sample.text,
            "ended": self.sample.ended,
            "phi": np.round(self.sample.phi, 4).tolist(),
        }

    @property
    def window(self) -> Window:
        """As it is drawn."""
        sample = self.sample
        assert sample.phi is not None
        assert sample.offsets is not None
        return Window(sample.phi, sample.text, sample.offsets)

    def png(self, path: str | Path, theme: Scheme = "light") -> None:
        """phi over the drawing, as a picture."""
        from seqloom.explain.window_png import png_window

        png_window(self.window, path, theme_of(theme))

    def svg(self, path: str | Path) -> None:
        """The same as a drawing, which scales and follows its reader's light or dark scheme."""
        from seqloom.explain.window_svg import svg_window

        Path(path).write_text(svg_window(self.window), encoding="utf-8")

    def html(self, path: str | Path) -> None:
        """The same as one self-contained page, to point at."""
        from seqloom.explain.window_html import window_page

        Path(path).write_text(window_page(self.window), encoding="utf-8")


@dataclass(frozen=True, slots=True, eq=False)
class SequenceScore:
    """log p of each part of a line of text, its end counted, or of a drawing in units of the data; in
    nats.

    tokens  of a line, as they are shown; a point of a drawing has no name
    """

    log_probs: Reals
    tokens: tuple[str, ...] = ()

    @property
    def log_prob(self) -> float:
        return float(self.log_probs.sum(dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class FileScores:
    """The sequences of a file, in its order. characters: of a text, ends of lines counted; else 0."""

    sequences: list[SequenceScore]
    characters: int = 0

    def summary(self) -> str:
        """One line of what they come to."""
        total = sum(each.log_prob for each in self.sequences)
        parts = sum(len(each.log_probs) for each in self.sequences)
        if not self.characters:
            return (
                f"{total / parts:.4f} nats per point over {parts:,} points of "
                f"{len(self.sequences):,} drawing(s), in units of the data"
            )
        return (
            f"{total / parts:.4f} nats per token over {parts:,} tokens, <eos> counted: perplexity "
            f"{exp(min(-total / parts, 700.0)):.3f}, "
            f"{-total / log(2) / self.characters:.4f} bits per character"
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """Of a test set. Every number says in its name what it is of."""

    values: dict[str, float]
    counts: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        return {"scores": self.values, **self.counts}

    def table(self) -> str:
        rows = [(name, f"{value:.4f}") for name, value in self.values.items()]
        rows += [(name, f"{count:,}") for name, count in self.counts.items()]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
