"""What the model looked at while it answered one source, to print, to save as a picture, or as JSON.

All hypotheses of the answer are explained, each by one matrix: attention, or another method of
`attribution`, at the level of pieces, words or characters.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from seqloom import explain as pictures
from seqloom.attribution import METHODS, Attribution
from seqloom.explain.attention_map import RIGHT_TO_LEFT_NOTE, AttentionMap, attention_map
from seqloom.explain.labels import any_right_to_left, label
from seqloom.explain.levels import Axis, Level, Unit, at_level, output_axis, source_axis
from seqloom.explain.statistics import Statistics, statistics
from seqloom.explain.terminal import TerminalMap
from seqloom.predict import Result
from seqloom.text.pair import PairCodec


@dataclass(frozen=True, slots=True)
class Explanation:
    """One source with its outputs, and for each of them an attribution; None for an output that
    there is nothing to say of, and none at all for what is explained by attention alone."""

    result: Result
    attributions: tuple[Attribution | None, ...] = ()
    codec: PairCodec | None = None
    level: Level = "piece"

    def __str__(self) -> str:
        return str(self.terminal())

    def at(self, level: Level) -> "Explanation":
        """The same at another level."""
        return replace(self, level=level)

    def terminal(self, output: int = 0) -> TerminalMap:
        """One output for `rich.print` or `str`."""
        return TerminalMap(self.map(output))

    def png(self, path: str | Path, output: int = 0) -> None:
        """A picture of one output."""
        pictures.png_picture(self.map(output), Path(path))

    def svg(self, path: str | Path, output: int = 0) -> None:
        """A drawing of one output, which scales."""
        Path(path).write_text(pictures.svg_picture(self.map(output)), encoding="utf-8")

    def html(self, path: str | Path) -> None:
        """One self-contained page; all hypotheses can be chosen in it."""
        result = self.result
        maps = [self._shown(place) for place in range(len(result.outputs))]
        page = pictures.html_page([result], result.source, maps=[maps])
        Path(path).write_text(page, encoding="utf-8")

    def map(self, output: int = 0) -> AttentionMap:
        """The matrix of one output with its labels, title and notes."""
        known = 0 <= output < len(self.attributions)
        attribution = self.attributions[output] if known else None
        if attribution is None or self.codec is None:
            return attention_map(self.result, output)
        source, target = self._axes(output)
        nature = METHODS[attribution.method]
        weights = at_level(attribution.weights, source, target, nature.added)
        tokens = [unit.text for unit in source.units]
        largest = float(np.abs(weights).max(initial=0.0)) or 1.0
        return AttentionMap(
            source=tuple(map(label, tokens)),
            target=tuple(label(unit.text) for unit in target.units),
            weights=weights,
            notes=tuple(self._notes(output, any_right_to_left(tokens))),
            title=nature.title,
            largest=1.0 if attribution.method == "attention" else largest,
            signed=nature.added,
            unit=nature.unit,
        )

    def statistics(self, output: int = 0) -> Statistics | None:
        """Figures of the attention paid to pieces; None without attention."""
        return statistics(self.result.source_tokens, self.result.outputs[output], self._features)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; offsets are characters of `source` and of the `text` of an output."""
        places = range(len(self.result.outputs))
        source = self._axes(0)[0].units if self.codec else ()
        first = next((a for a in self.attributions if a is not None), None)
        return {
            "source": self.result.source,
            "method": first.method if first else "attention",
            "level": self.level,
            "units": [_unit(unit) for unit in source],
            "unknown": list(self.result.unknown),
            "outputs": [self._output(place) for place in places],
        }

    def _output(self, place: int) -> dict[str, Any]:
        output = self.result.outputs[place]
        attribution = self.attributions[place] if self.attributions else None
        found = self.statistics(place)
        entry: dict[str, Any] = {
            "text": output.text,
            "log_prob": round(output.log_prob, 6),
            "score": round(output.score, 6),
            "finished": output.finished,
            "tokens": list(output.tokens),
            "token_log_probs": [round(float(value), 6) for value in output.token_log_probs],
            "attention": found.to_dict() if found else None,
        }
        if attribution is not None:
            rows: list[list[float]] = self.map(place).weights.tolist()
            entry["units"] = [_unit(unit) for unit in self._axes(place)[1].units]
            entry["weights"] = [[round(weight, 6) for weight in row] for row in rows]
            told = attribution.to_dict()
            entry |= {"faithfulness": told["faithfulness"], "notes": told["notes"]}
        return entry

    @property
    def _features(self) -> int:
        if self.codec is None or not self.result.source_tokens:
            return 0
        units = self.codec.source.units(self.result.source)
        return len(self.result.source_tokens) - 1 - len(units)

    def _axes(self, output: int) -> tuple[Axis, Axis]:
        assert self.codec is not None
        written = self.result.outputs[output]
        return (
            source_axis(self.codec.source, self.result, self.level),
            output_axis(self.codec.target, written, self.level),
        )

    def _shown(self, place: int) -> AttentionMap | None:
        attributed = self.attributions[place] if self.attributions else None
        bare = self.result.outputs[place].attention is None
        return None if attributed is None and bare else self.map(place)

    def _notes(self, place: int, right_to_left: bool) -> list[str]:
        attribution = self.attributions[place]
        assert attribution is not None
        found = self.statistics(place) if attribution.method == "attention" else None
        notes = [str(found)] if found else []
        notes += [str(attribution.faithfulness)] if attribution.faithfulness else []
        notes += attribution.notes
        return [*notes, RIGHT_TO_LEFT_NOTE] if right_to_left else notes


def _unit(unit: Unit) -> dict[str, Any]:
    start, end = unit.span or (None, None)
    return {"text": unit.text, "start": start, "end": end}
