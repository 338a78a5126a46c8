"""A next-step predictor that is ready to write: generate, score, evaluate, explain.

generator = seqloom.load("runs/graves2013-synthesis")
generator.generate(3, text="The quick brown fox", bias=0.5, seed=7)
generator.explain("fox").png("window.png")
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seqloom.config.next_step_data import StrokeData, TextData
from seqloom.data.bad_rows import BadRows
from seqloom.data.made import Report
from seqloom.data.next_step.drawings import first_drawing
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.errors import UserError
from seqloom.generation import strokes, texts
from seqloom.generation.results import FileScores, Sample, Scores, Strokes, WindowExplanation
from seqloom.models.next_step_run import NextStepRun
from seqloom.models.next_step_sampling import Draw
from seqloom.nn.readouts.density import Spread

_TEMPERATURES, _BIAS = (0.001, 1000.0), 100.0
"""Beyond them samples leave what floats can hold."""


class Generator:
    """What was loaded from the run of a next-step predictor."""

    def __init__(self, run: NextStepRun, folder: Path) -> None:
        self.run = run
        self.folder = folder
        self.recipe = run.recipe

    @property
    def draws(self) -> bool:
        """Whether it gives strokes; else it gives text."""
        return isinstance(self.recipe.data, StrokeData)

    @property
    def reads_text(self) -> bool:
        """Whether strokes are drawn from a text."""
        return self.recipe.model.window is not None

    def generate(
        self,
        samples: int = 1,
        *,
        text: str = "",
        prime: str | Strokes | None = None,
        bias: float | None = None,
        temperature: float | None = None,
        max_length: int | None = None,
        seed: int = 1,
    ) -> list[Sample]:
        """New sequences; the recipe's `generation` decides what is not given.

        text        what is to be written, where strokes are drawn from a text
        prime       what to go on from: a text; offsets [T, 3] (dx, dy, pen), as `Sample.offsets` or as the
                    training files have them; or a text and the offsets that write it
        max_length  tokens or points at most, those given not counted
        seed        the same one draws the same; any whole number, taken modulo 2^64
        """
        how = self._draw(samples, bias, temperature, max_length, seed)
        if not self.draws:
            if text or not isinstance(prime, str | None):
                raise UserError(
                    f"{self.folder}: writes text, not strokes. Give a text to go on from as prime."
                )
            return texts.write(self.run, prime or "", how)
        if isinstance(prime, str):
            raise UserError(f"{self.folder}: goes on from strokes. Give strokes as prime.")
        return strokes.draw(self.run, text, prime, how)

    def score(self, items: Sequence[str] | Sequence[Strokes]) -> list[float]:
        """log p of each text, or of each drawing in units of the data, in nats."""
        if isinstance(items, str | np.ndarray):
            raise UserError(
                f"{self.folder}: scores a list. Give one, of texts or of drawings: [item]."
            )
        return [self._log_prob(item, number) for number, item in enumerate(items, start=1)]

    def score_file(self, file: str | Path, *, bad: BadRows | None = None) -> FileScores:
        """log p of every line of a text, or of every drawing of a file, part by part. Lines go on after
        those before them where the model was trained on one long text.

        bad  where rows that cannot be read are set aside; the first one raises if not given
        """
        if self.draws:
            return strokes.drawings_of(self.run, str(file), bad)
        return texts.lines_of(self.run, str(file), bad)

    def evaluate(
        self,
        files: Sequence[str | Path] | None = None,
        *,
        bad: BadRows | None = None,
        report: Report | None = None,
    ) -> Scores:
        """log p of a test set, per token and character or per point and drawing; of the recipe's own
        if no files are given.

        bad     where rows that cannot be read are set aside; the first one raises if not given
        report  is told how much is made of a test set that is made at run time
        """
        names = [str(file) for file in files or ()]
        if self.draws:
            return strokes.scores(self.run, names, bad, report)
        return texts.scores(self.run, names, bad)

    def explain(self, text: str, *, seed: int = 1, **settings: Any) -> WindowExplanation:
        """Write a text, and say where the window stood at every point.

        settings  of `generate`
        """
        if not self.reads_text:
            raise UserError(
                f"{self.folder}: has no window over a text to show. That is for runs that draw a "
                "text, such as graves2013-synthesis."
            )
        return WindowExplanation(self.generate(1, text=text, seed=seed, **settings)[0])

    def read_prime(self, path: str | Path) -> str | Strokes:
        """What a file holds to go on from: all of its text, or its first drawing."""
        data = self.recipe.data
        if not isinstance(data, TextData):
            drawing = first_drawing(str(path), data, data.test_part)
            return (drawing.text, drawing.offsets) if self.reads_text else drawing.offsets
        with opened(str(path)) as stream:
            lines = list(read_lines(stream, str(path), data.max_line_bytes))
        whole = [line.text for line in lines if isinstance(line, Line)]
        if len(whole) < len(lines):
            raise UserError(f"{path}: must be text in UTF-8. Convert it with iconv.")
        return "\n".join(whole)

    def _log_prob(self, item: str | Strokes, number: int) -> float:
        if isinstance(item, str):
            if self.draws:
                raise UserError(f"{self.folder}: scores strokes, but was given a text.")
            return texts.log_prob(self.run, item)
        if not self.draws:
            raise UserError(f"{self.folder}: scores texts, but was given strokes.")
        return strokes.log_prob(self.run, item, f"drawing {number}")

    def _draw(
        self,
        samples: int,
        bias: float | None,
        temperature: float | None,
        max_length: int | None,
        seed: int,
    ) -> Draw:
        usual = self.recipe.generation
        bias = usual.bias if bias is None else bias
        temperature = usual.temperature if temperature is None else temperature
        longest = usual.max_length if max_length is None else max_length
        for name, count in (("samples", samples), ("max_length", longest)):
            if count < 1:
                raise UserError(f"{name} must be at least 1, but is {count}.")
        coldest, hottest = _TEMPERATURES
        if not coldest <= temperature <= hottest:
            raise UserError(
                f"temperature must be between {coldest:g} and {hottest:g}, but is {temperature:g}."
            )
        if not 0 <= bias <= _BIAS:
            raise UserError(f"bias must be between 0 and {_BIAS:g}, but is {bias:g}.")
        if bias and not self.draws:
            raise UserError(
                f"{self.folder}: bias is for strokes, but this run writes text. Set a temperature "
                "below 1."
            )
        return Draw(samples, longest, Spread(bias, temperature), seed % 2**64)
