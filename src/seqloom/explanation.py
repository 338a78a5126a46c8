"""What the model looked at while it answered one source, to print, to save as a picture, or as JSON.

All hypotheses of the answer are explained, each by one matrix: attention, or another method of
`attribution`, at the level of pieces, words or characters. Beside it stand the deletion curve, which says
how far to trust it, and on request what the models show of themselves: their gates over time, and training
examples that they were in like states on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from seqloom import explain as pictures
from seqloom.attribution import METHODS, Attribution
from seqloom.attribution.inside import Inside
from seqloom.errors import UserError, suggestion
from seqloom.explain.attention_map import RIGHT_TO_LEFT_NOTE, AttentionMap, attention_map
from seqloom.explain.deletion import deletion_curve, draw_deletion
from seqloom.explain.gate_strips import TITLE as GATES
from seqloom.explain.gate_strips import gate_strips
from seqloom.explain.labels import any_right_to_left, label
from seqloom.explain.levels import (
    Axis,
    Level,
    Unit,
    at_level,
    output_axis,
    positions_axis,
    source_axis,
)
from seqloom.explain.stack import draw_stack
from seqloom.explain.statistics import Statistics, statistics
from seqloom.explain.terminal import TerminalMap
from seqloom.explain.theme import Scheme, theme_of
from seqloom.predict import Result
from seqloom.text.pair import PairCodec

Picture = Literal["map", "deletion", "gates"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One source with its outputs, and for each of them an attribution; None for an output that
    there is nothing to say of, and none at all for what is explained by attention alone.

    insides  of each output and each member: gates and nearest examples, where they were asked for
    """

    result: Result
    attributions: tuple[Attribution | None, ...] = ()
    codec: PairCodec | None = None
    level: Level = "piece"
    insides: tuple[Sequence[Inside], ...] = ()

    def __str__(self) -> str:
        return str(self.terminal())

    def at(self, level: Level) -> "Explanation":
        """The same at another level."""
        return replace(self, level=level)

    def terminal(self, output: int = 0) -> TerminalMap:
        """One output for `rich.print` or `str`."""
        return TerminalMap(self.map(output))

    def png(
        self,
        path: str | Path,
        output: int = 0,
        picture: Picture = "map",
        theme: Scheme = "light",
    ) -> None:
        """A picture of one output: its map, its deletion curve, or the gates that wrote it."""
        colours, path = theme_of(theme), Path(path)
        match _known(picture):
            case "map":
                pictures.png_picture(self.map(output), path, colours)
            case "deletion":
                pictures.png_deletion(deletion_curve(self._attribution(output)), path, colours)
            case "gates":
                pictures.png_stack(self._strips(output), GATES, path, colours)

    def svg(self, path: str | Path, output: int = 0, picture: Picture = "map") -> None:
        """The same as a drawing, which scales and follows its reader's light or dark scheme."""
        match _known(picture):
            case "map":
                drawn = pictures.svg_picture(self.map(output))
            case "deletion":
                drawn = pictures.svg_deletion(deletion_curve(self._attribution(output)))
            case "gates":
                drawn = pictures.svg_stack(self._strips(output), GATES)
        Path(path).write_text(drawn, encoding="utf-8")

    def html(self, path: str | Path) -> None:
        """One self-contained page with all pictures there are; all hypotheses can be chosen in it."""
        result, places = self.result, range(len(self.result.outputs))
        page = pictures.html_page(
            [result],
            result.source,
            maps=[[self._shown(place) for place in places]],
            figures=[[self._figures(place) for place in places]],
        )
        Path(path).write_text(page, encoding="utf-8")

    def map(self, output: int = 0) -> AttentionMap:
        """The matrix of one output with its labels, title and notes."""
        attribution = self._attribution(output)
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
        if attribution is None and output.attention is not None:
            entry["units"] = [{"text": token} for token in output.tokens]
            entry["weights"] = _rounded(output.attention.tolist())
        if attribution is not None:
            rows: list[list[float]] = self.map(place).weights.tolist()
            entry["units"] = [_unit(unit) for unit in self._axes(place)[1].units]
            entry["weights"] = _rounded(rows)
            told = attribution.to_dict()
            entry |= {"faithfulness": told["faithfulness"], "notes": told["notes"]}
        return entry | self._told_inside(place)

    def _told_inside(self, place: int) -> dict[str, Any]:
        """Of a single model what was asked for, of several a list of members."""
        told = [inside.to_dict() for inside in self.insides[place]] if self.insides else []
        if len(told) != 1:
            return {"members": told} if told else {}
        [only] = told
        return {key: only[key] for key in ("gates", "neighbours") if only[key] is not None}

    @property
    def _features(self) -> int:
        if self.codec is None or self.codec.series is not None or not self.result.source_tokens:
            return 0
        units = self.codec.source.units(self.result.source)
        return len(self.result.source_tokens) - 1 - len(units)

    def _axes(self, output: int) -> tuple[Axis, Axis]:
        assert self.codec is not None
        written = self.result.outputs[output]
        series = self.codec.series is not None
        return (
            positions_axis(self.result)
            if series
            else source_axis(self.codec.source, self.result, self.level),
            output_axis(self.codec.target, written, self.level),
        )

    def _attribution(self, output: int) -> Attribution | None:
        known = 0 <= output < len(self.attributions)
        return self.attributions[output] if known else None

    def _strips(self, output: int) -> list[AttentionMap]:
        insides = self.insides[output] if 0 <= output < len(self.insides) else ()
        if all(inside.gates is None for inside in insides):
            raise UserError(
                f"There are no gates of output number {output}, counted from 0. Explain with gates, "
                "and ask for an output that there is."
            )
        several = len(insides) > 1
        traces = [
            replace(trace, layer=f"{inside.title}: {trace.layer}") if several else trace
            for inside in insides
            for trace in inside.gates or ()
        ]
        return gate_strips(traces, [inside.no_gates for inside in insides])

    def _figures(self, place: int) -> list[str]:
        """What stands below the map on a page."""
        attribution, figures = self._attribution(place), list[str]()
        if attribution is not None and attribution.faithfulness is not None:
            figures.append(draw_deletion(deletion_curve(attribution)))
        if self.insides and any(inside.gates for inside in self.insides[place]):
            figures.append(draw_stack(self._strips(place), GATES))
        return figures

    def _shown(self, place: int) -> AttentionMap | None:
        attributed = self._attribution(place)
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


def _known(picture: Picture) -> Picture:
    if picture not in get_args(Picture):
        raise UserError(
            f"There is no picture '{picture}'. {suggestion(picture, get_args(Picture))}"
        )
    return picture


def _rounded(rows: list[list[float]]) -> list[list[float]]:
    return [[round(weight, 6) for weight in row] for row in rows]


def _unit(unit: Unit) -> dict[str, Any]:
    start, end = unit.span or (None, None)
    return {"text": unit.text, "start": start, "end": end}
