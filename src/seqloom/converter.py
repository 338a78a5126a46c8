"""A trained converter of real-valued sequences, as users of Python meet it.

converter = seqloom.load("runs/forecast")
converter.predict("readings.csv")[0].frames          what comes after the last row
converter.evaluate(["readings.csv"]).values["mse"]
converter.explain("readings.csv", at="2018-02-01").png("forecast.png")
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.config.frame_data import PairData, WindowData
from seqloom.config.frames import FramesRecipe, OneToOne
from seqloom.data.bad_rows import BadRows, PassedOver
from seqloom.data.frames.batch import FrameBatch
from seqloom.data.frames.batching import FrameBatches, FrameSet
from seqloom.data.frames.conversion import LEVELS, Conversion
from seqloom.data.frames.sides import read_sides, scaled
from seqloom.data.frames.sources import Source, batch_of, check, read_sources
from seqloom.data.frames.tables import TABLES, divided, read_dated, whole, window_set
from seqloom.data.frames.voices import speak
from seqloom.data.made import Report
from seqloom.data.series.calendar import onward
from seqloom.errors import UserError
from seqloom.explain.conversion import Explanation
from seqloom.metrics.frames import Errors, FrameScores
from seqloom.models.convert import Asked, convert
from seqloom.models.frames_run import FramesRun

_TOGETHER = 64
"""Sources answered in one batch."""
_TRIED_TOGETHER = 512
"""Pairs of a test set, for which nothing is sampled."""

Asking = str | Path | NDArray[Any] | Sequence[NDArray[Any]] | Sequence[Source]
"""A file, one sequence [S, F] or several."""


class Converter:
    """Frames in, frames out."""

    def __init__(self, run: FramesRun, folder: Path) -> None:
        self.run = run
        self.folder = folder

    @property
    def recipe(self) -> FramesRecipe:
        return self.run.recipe

    def sources(
        self, asking: Asking, at: int | str | None = None, bad: BadRows | None = None
    ) -> list[Source]:
        """What is asked about, ready to be answered. at: the row (from 1) or the date of a table that
        a forecast begins with; behind the last row if not given."""
        if isinstance(asking, str | Path):
            return read_sources(str(asking), self.recipe.data, self.run.setting, at, bad)
        if isinstance(asking, np.ndarray):
            asking = [asking]
        return [
            each if isinstance(each, Source) else Source(_frames(each, number), number=number)
            for number, each in enumerate(asking, start=1)
        ]

    def predict(
        self,
        asking: Asking,
        *,
        at: int | str | None = None,
        levels: Sequence[float] = LEVELS,
        samples: int = 200,
        seed: int = 1,
        bad: BadRows | None = None,
    ) -> list[Conversion]:
        """One answer for each sequence, in the units of the data.

        levels   of the quantiles, between 0 and 1
        samples  futures drawn for them where what is written is fed back
        seed     any whole number, taken modulo 2^64
        """
        if wrong := [level for level in levels if not 0 < level < 1]:
            raise UserError(f"A quantile's level must lie between 0 and 1, but is {wrong[0]:g}.")
        if samples < 1:
            raise UserError(f"Samples must be at least 1, but are {samples}.")
        asked = Asked(levels=sorted(levels), samples=samples, seed=seed % 2**64)
        return [answer for _, answer in self._answers(self.sources(asking, at, bad), asked)]

    def _answers(
        self, sources: Sequence[Source], asked: Asked
    ) -> Iterator[tuple[Source, Conversion]]:
        data, setting = self.recipe.data, self.run.setting
        check(sources, data, setting)
        for first in range(0, len(sources), _TOGETHER):
            some = sources[first : first + _TOGETHER]
            answers = convert(self.run, batch_of(some, data, setting), asked)
            for source, answer in zip(some, answers, strict=True):
                yield source, replace(_dated(source, answer), number=source.number)

    def explain(
        self,
        asking: Asking,
        *,
        at: int | str | None = None,
        samples: int = 200,
        seed: int = 1,
        bad: BadRows | None = None,
    ) -> Explanation:
        """The first answer beside what was known and, where the file has it, what came. Of a table
        without `at`, the last rows whose future it holds."""
        data, passed = self.recipe.data, PassedOver()
        table = isinstance(asking, str | Path) and str(asking).endswith(TABLES)
        bad = passed if bad is None and not table else bad
        sources = self.sources(asking, at, bad)
        if at is None and isinstance(data, WindowData) and table:
            rows = len(sources[0].values)
            if rows >= data.lookback + data.horizon:
                sources = self.sources(asking, rows - data.horizon + 1, bad)
        if passed.faults and (not sources or passed.faults[0].place.line < sources[0].number):
            raise passed.faults[0].error(skippable=False)
        if not sources:
            raise UserError(f"{asking}: there is no sequence to explain. Give at least one.")
        found = self._answers(sources[:1], Asked(samples=samples, seed=seed % 2**64))
        source, answer = next(iter(found))
        known = source.values
        if isinstance(data, WindowData):
            known = known[-data.lookback :, self.run.setting.targets]
        return Explanation(answer, known, source.actual, isinstance(data, WindowData))

    def evaluate(
        self,
        files: Sequence[str | Path] | None = None,
        bad: BadRows | None = None,
        report: Report | None = None,
    ) -> FrameScores:
        """How far the model's own writing is from a test set: the recipe's if no files are given.

        report  is told how much is made of a test set that is made at run time
        """
        pairs = self._test_set([str(path) for path in files or ()], bad, report)
        if not len(pairs):
            raise UserError("The test set is empty: there is nothing to compare. Give more data.")
        settings = self.recipe.training
        batches = FrameBatches(
            set=pairs, max_pairs=_TRIED_TOGETHER, max_frames=2 * settings.batch_tokens, seed=0
        )
        return self._compared(batches.in_order(), len(pairs))

    def _compared(self, batches: Iterable[FrameBatch], pairs: int) -> FrameScores:
        target = self.run.setting.target.scaler
        ours, plain = Errors(target.deviation), Errors(target.deviation)
        ahead, frames, missed = isinstance(self.recipe.data, WindowData), 0, 0
        same = self.run.setting.source.width == self.run.setting.target.width
        source = self.run.setting.source.scaler
        for batch in batches:
            wanted = target.undo(batch.restored(batch.target))
            for row, answer in enumerate(convert(self.run, batch, Asked(levels=(), samples=1))):
                real = wanted[row, : batch.target_lengths[row]]
                ours.add(answer.frames, real)
                frames += len(real)
                missed += abs(len(answer.frames) - len(real))
                if ahead:
                    last = batch.first[row] * batch.factor[row] + batch.offset[row]
                    plain.add(np.broadcast_to(target.undo(last), real.shape), real)
                elif same:
                    plain.add(source.undo(batch.source[row, : batch.source_lengths[row]]), real)
        values = ours.scores()
        if plain.frames:
            values |= {f"{name}_plain": value for name, value in plain.scores().items()}
        if missed or not (ahead or isinstance(self.recipe.model, OneToOne)):
            values["length_error"] = missed / pairs
        return FrameScores(values, pairs, frames)

    def _test_set(
        self, files: Sequence[str], bad: BadRows | None, report: Report | None
    ) -> FrameSet:
        data, setting = self.recipe.data, self.run.setting
        files = files or data.test
        if isinstance(data, WindowData):
            names, bits = setting.source.names, setting.target.bits
            tables = [read_dated(path, data, names, bad, bits) for path in files or data.train]
            rows = whole(tables) if files else divided(tables, data)["test"]
            return window_set(rows, data, setting.source.scaler, setting.targets, 1)
        return self._test_pairs(files, data, bad, report)

    def _test_pairs(
        self, files: Sequence[str], data: PairData, bad: BadRows | None, report: Report | None
    ) -> FrameSet:
        setting, same = self.run.setting, isinstance(self.recipe.model, OneToOne)
        bits = setting.target.bits
        if not files and data.embedded is not None:
            with TemporaryDirectory() as folder:
                place = Path(folder) / "voices"
                test = speak(data.voices, self.recipe.seed, place, ("test",), report)
                return scaled(read_sides([test["test"]], data, same, bad, setting, bits), setting)
        if not files:
            raise UserError(
                "There is no test set: give files to evaluate, or set data.test in the recipe."
            )
        return scaled(read_sides(files, data, same, bad, setting, bits), setting)


def _frames(values: NDArray[Any], number: int) -> NDArray[np.float32]:
    """What is too large for 32 bits becomes infinite, and is refused as that."""
    try:
        with np.errstate(over="ignore"):
            array = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UserError(
            f"Source {number}: must be an array of numbers [frames, features], but is none ({error}). "
            "Give each sequence as such an array."
        ) from error
    return array[:, None] if array.ndim == 1 else array


def _dated(source: Source, answer: Conversion) -> Conversion:
    """With the dates of what is written, where those of the source are known."""
    if source.times is None:
        return answer
    times = onward(source.times, len(answer.frames)).astype("datetime64[s]")
    return Conversion(
        answer.frames, answer.scale, answer.quantiles, answer.attention, answer.names,
        tuple(str(time) for time in times),
    )  # fmt: skip
