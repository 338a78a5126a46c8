"""What a classifier leaned on in one document, to print, to save as a picture or a page, or as JSON.

Attention or another method of `attribution` gives a figure to each word and to each sentence; beside both
stands how far to trust them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from seqloom.attribution import METHODS, Attribution, Method
from seqloom.attribution.labelled import DocumentAttribution
from seqloom.explain.shaded import ShadedDocument, by_attention, by_figures
from seqloom.explain.theme import Scheme, theme_of
from seqloom.predict.document import DocumentResult
from seqloom.text.offsets import Span


@dataclass(frozen=True, slots=True)
class DocumentExplanation:
    """What the model leaned on in one document, by one method (docs/explain.md).

    spans        where each word of each sentence was typed: start and end in characters of the document
    attribution  None for a document without a word
    """

    result: DocumentResult
    spans: Sequence[Sequence[Span]]
    method: Method = "attention"
    attribution: DocumentAttribution | None = None

    def __str__(self) -> str:
        from seqloom.explain.document import terminal_document

        return str(terminal_document(self.shaded))

    @property
    def words(self) -> Attribution | None:
        """A figure for each word, and how far to trust them."""
        return self.attribution.words if self.attribution else None

    @property
    def sentences(self) -> Attribution | None:
        """A figure for each sentence, and how far to trust them."""
        return self.attribution.sentences if self.attribution else None

    @property
    def shaded(self) -> ShadedDocument:
        """The document as it is drawn."""
        found, nature = self.attribution, METHODS[self.method]
        if found is None or self.method == "attention":
            return by_attention(self.result, found.notes if found else ())
        return by_figures(
            self.result,
            found.words,
            found.sentences,
            title=f"{nature.title}, of the label {found.label}",
            unit=nature.unit,
            signed=nature.added,
            notes=found.notes,
        )

    def png(self, path: str | Path, theme: Scheme = "light") -> None:
        """The shaded document as a picture."""
        from seqloom.explain.document_png import png_document

        png_document(self.shaded, path, theme_of(theme))

    def html(self, path: str | Path) -> None:
        """The shaded document as one self-contained page, the deletion curves below it."""
        from seqloom.explain.deletion import deletion_curve, draw_deletion
        from seqloom.explain.document_html import document_page

        title = ", ".join(self.result.labels) or "no label"
        parts = (("words", self.words), ("sentences", self.sentences))
        curves = [
            draw_deletion(deletion_curve(part, name, "the label"))
            for name, part in parts
            if part is not None and part.faithfulness is not None
        ]
        page = document_page([self.shaded], title, figures=[curves])
        Path(path).write_text(page, encoding="utf-8")

    def to_dict(self) -> dict[str, object]:
        """For JSON: words and sentences with the figures of the method, and where they were typed."""
        told, found = self.result.to_dict(), self.attribution
        if found is None:
            return told | {"method": self.method}
        sentences = (each.to_dict() for each in self.result.sentences)
        if self.method != "attention":
            sentences = _figures(self.result, found)
        placed = zip(sentences, self.spans, strict=True)
        told |= {"sentences": [each | _place(spans) for each, spans in placed]}
        trust = {
            name: part.faithfulness and part.faithfulness.to_dict()
            for name, part in (("words", found.words), ("sentences", found.sentences))
        }
        own = {"method": self.method, "target": found.label, "faithfulness": trust}
        return told | own | {"notes": [*self.result.notes, *found.words.notes]}


def _place(spans: Sequence[Span]) -> dict[str, object]:
    """Where a sentence and its words were typed."""
    return {"start": spans[0][0], "end": spans[-1][1], "offsets": [list(span) for span in spans]}


def _figures(result: DocumentResult, found: DocumentAttribution) -> Iterator[dict[str, object]]:
    """Each sentence with its figure and those of its words."""
    words: Iterator[float] = iter(found.words.weights[0].tolist())
    of_sentences: list[float] = found.sentences.weights[0].tolist()
    for sentence, figure in zip(result.sentences, of_sentences, strict=True):
        yield {
            "text": sentence.text,
            "weight": round(figure, 6),
            "words": [piece.strip() for piece in sentence.pieces],
            "weights": [round(own, 6) for own in islice(words, len(sentence.pieces))],
        }
