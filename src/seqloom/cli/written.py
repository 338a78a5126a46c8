"""Results as lines: text, or JSON with everything that is known.

text             OUTPUT [<tab> SCORE] [<tab> ALIGNMENT]
text, n-best     LINE ||| OUTPUT ||| SCORE [||| ALIGNMENT]      as Moses writes it; lines from 0
jsonl            one object a line
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from seqloom.predict import Output, Result

Format = Literal["text", "jsonl"]


@dataclass(frozen=True, slots=True)
class Writer:
    """How much of a result is written."""

    format: Format = "text"
    nbest: bool = False
    scores: bool = False
    alignments: bool = False
    attention: bool = False

    def write(self, number: int, result: "Result", num_features: int = 0) -> str:
        """What input line `number` is answered with: a line, or several for an n-best list.

        num_features  how many source tokens are features, which no alignment counts
        """
        outputs = result.outputs if self.nbest or self.format == "jsonl" else result.outputs[:1]
        aligned = [
            _alignment(result, output, num_features) if self.alignments else None
            for output in outputs
        ]
        if self.format == "jsonl":
            return json.dumps(self._object(number, result, aligned), ensure_ascii=False)
        lines = map(self._parts, outputs, aligned)
        if self.nbest:
            return "\n".join(" ||| ".join([str(number), *parts]) for parts in lines)
        return "\t".join(next(lines))

    def _parts(self, output: "Output", alignment: str | None) -> list[str]:
        score = [f"{output.score:.4f}"] if self.scores or self.nbest else []
        return [one_line(output.text), *score, *([] if alignment is None else [alignment])]

    def _object(self, number: int, result: "Result", aligned: list[str | None]) -> dict[str, Any]:
        outputs = zip(result.outputs, aligned, strict=True)
        return {
            "line": number,
            **result.to_dict(),
            "outputs": [self._output(output, alignment) for output, alignment in outputs],
        }

    def _output(self, output: "Output", alignment: str | None) -> dict[str, Any]:
        entry = output.to_dict()
        if not self.attention:
            del entry["attention"]
        return entry if alignment is None else {**entry, "alignment": alignment}


def one_line(text: str) -> str:
    """A line for a line, whatever characters a model has learnt to write."""
    return " ".join(text.splitlines())


def _alignment(result: "Result", output: "Output", num_features: int) -> str:
    from seqloom.predict.alignment import pharaoh

    return pharaoh(result.source_tokens, output, num_features) if output.tokens else ""
