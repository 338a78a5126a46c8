"""A classifier of documents that is ready to answer: predict, evaluate, explain.

classifier = seqloom.load("runs/han2016")
classifier.predict("A dull start. Then it catches fire.").labels
classifier.evaluate(["test.tsv"]).confusion
classifier.explain("...").html("why.html")
classifier.explain("...", "occlusion").words.faithfulness
classifier.deletion(["test.tsv"], "sentence").lowered
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, overload

import numpy as np

from seqloom.attributing import check_method
from seqloom.attribution import METHODS, Method
from seqloom.attribution.erased import Erasing
from seqloom.attribution.faithfulness import ORDERS
from seqloom.attribution.labelled import NO_EMBEDDINGS, document_attribution
from seqloom.config import DocumentRecipe
from seqloom.data.bad_rows import BadRows
from seqloom.data.documents.cut import Cutter, Sentence
from seqloom.data.documents.document import Document
from seqloom.data.documents.read import read_documents
from seqloom.document_explanation import DocumentExplanation
from seqloom.errors import UserError, suggestion
from seqloom.metrics import Report
from seqloom.metrics.classification import decided, evaluate_labels, one_hot
from seqloom.metrics.confusion import Confusion
from seqloom.models.bag_of_words import BagOfWords
from seqloom.models.document_run import Answer, DocumentRun
from seqloom.predict.deletion import SHARES, Answered, Deletion, Unit, deletion, drawn
from seqloom.predict.document import DocumentResult, WeighedSentence, weighed

BATCH = 32
"""Documents answered together; no answer depends on it."""


@dataclass(frozen=True, slots=True)
class DocumentEvaluation:
    """The scores, and what they were counted on: item i of each list belongs together. confusion is
    None where a document may have several labels."""

    report: Report
    confusion: Confusion | None
    documents: list[Document]
    results: list[DocumentResult]


class Classifier:
    """Documents in, labels out."""

    def __init__(self, run: DocumentRun, folder: Path) -> None:
        self.run = run
        self.folder = folder

    @property
    def recipe(self) -> DocumentRecipe:
        return self.run.recipe

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in the order of their numbers."""
        return self.run.codec.labels.names

    @overload
    def predict(self, document: str | Document) -> DocumentResult: ...
    @overload
    def predict(self, document: Iterable[str | Document]) -> list[DocumentResult]: ...
    def predict(
        self, document: str | Document | Iterable[str | Document]
    ) -> DocumentResult | list[DocumentResult]:
        """Labels with their probabilities for one document or for many, in their order."""
        if isinstance(document, str | Document):
            return next(self.stream([document]))
        return list(self.stream(document))

    def stream(self, documents: Iterable[str | Document]) -> Iterator[DocumentResult]:
        """As `predict`, reading and answering as it goes, in constant memory. A document without a
        single word has no labels, and a note that says so."""
        return (result for _, result in self._answered(documents))

    def _answered(self, documents: Iterable[str | Document]) -> Iterator[Answered]:
        waiting = iter(documents)
        while batch := list(islice(waiting, BATCH)):
            asked = [Document(each) if isinstance(each, str) else each for each in batch]
            cut = [_cut(self.run.codec.cutter(), each.text) for each in asked]
            answers = iter(self._answers([sentences for sentences, _ in cut if sentences]))
            for document, (sentences, notes) in zip(asked, cut, strict=True):
                if sentences:
                    yield Answered(sentences, self._result(sentences, next(answers), notes))
                else:
                    yield Answered(sentences, _unanswered(document))

    def evaluate(
        self,
        data: Sequence[str | Path] | None = None,
        *,
        bootstrap: int = 1000,
        bad: BadRows | None = None,
    ) -> DocumentEvaluation:
        """Answer a test set and score the answers. Raises UserError for labels that training never
        saw, unless `bad` takes such rows.

        data  files as the recipe reads them; the recipe's own test set if not given
        """
        documents = list(self._read(data, bad))
        results = self.predict(documents)
        known = self.run.codec.labels
        truth = one_hot([known.encode(each.labels or ()) for each in documents], len(known))
        several = self.recipe.data.multi_label
        rows = [[each.probabilities.get(label, 0.0) for label in self.labels] for each in results]
        found = np.array(rows, dtype=np.float64).reshape(-1, len(known))
        report = evaluate_labels(
            found, truth, multi_label=several, bootstrap=bootstrap, seed=self.recipe.seed
        )
        confusion = None
        if not several:
            given = decided(found, several).argmax(axis=1).tolist()
            confusion = Confusion.of(given, truth.argmax(axis=1).tolist(), self.labels)
        return DocumentEvaluation(report, confusion, documents, results)

    def explain(
        self,
        document: str | Document,
        method: Method = "attention",
        *,
        target: str | None = None,
        erasing: Erasing = "unk",
        orders: int = ORDERS,
    ) -> DocumentExplanation:
        """The answer with what it owes to words and sentences, to print or to save as PNG or HTML.

        method   attention | gradient | integrated | gradient-norm | occlusion (docs/explain.md)
        target   the label to explain; the most probable one if not given
        erasing  what erasing a word or a sentence means: unk | remove
        orders   random orders that the deletion curves are measured against; 0 leaves them out

        Raises UserError for what the model has not: attention, or embeddings to differentiate.
        """
        check_method(method, erasing)
        if method == "attention" and (why := self.unweighed):
            raise UserError(f"{self.folder}: {why}")
        if METHODS[method].torch and isinstance(self.run.model, BagOfWords):
            raise UserError(f"{self.folder}: {NO_EMBEDDINGS}")
        wanted = None if target is None else self._label(target)
        [(sentences, result)] = self._answered([document])
        text = document if isinstance(document, str) else document.text
        spans = self.run.codec.cutter().spans(text)
        if not sentences:
            return DocumentExplanation(result, spans, method)
        likeliest = max(result.probabilities, key=lambda name: result.probabilities[name])
        label = self._label(likeliest) if wanted is None else wanted
        found = document_attribution(self.run, sentences, result, label, method, erasing, orders)
        return DocumentExplanation(result, spans, method, found)

    def deletion(
        self,
        data: Sequence[str | Path] | None = None,
        unit: Unit = "word",
        *,
        documents: int = 500,
        shares: Sequence[float] = SHARES,
        seed: int = 1,
        bad: BadRows | None = None,
    ) -> Deletion:
        """Whether taking out what has the largest weights lowers the probability of the label given
        more than taking out anything else (predict/deletion.py); over `documents` of them, drawn by
        chance: files are often sorted by label. Rows that cannot be used raise UserError, or go to
        `bad`."""
        if why := self.unweighed:
            raise UserError(f"{self.folder}: {why}")
        asked = drawn(self._read(data, bad), documents, seed)
        return deletion(self._answered(asked), self._probability, unit, shares=shares, seed=seed)

    @property
    def unweighed(self) -> str:
        """Why this model has no weights to show; empty if it has."""
        model: Any = self.recipe.model
        if model.kind == "bag_of_words":
            return (
                "a bag of words attends to nothing. Explain it by occlusion, or train han2016 to see "
                "weights."
            )
        if getattr(model, "pooling", "attention") != "attention":
            return (
                f"model.pooling={model.pooling} has no weights. Explain it by occlusion or gradient, or "
                "train with model.pooling=attention."
            )
        return ""

    def _label(self, name: str) -> int:
        if name not in self.run.codec.labels.ids:
            raise UserError(
                f"{self.folder}: there is no label '{name}'. {suggestion(name, self.labels)}"
            )
        return self.run.codec.labels.ids[name]

    def _read(self, data: Sequence[str | Path] | None, bad: BadRows | None) -> Iterator[Document]:
        files = [str(path) for path in data] if data else self.recipe.data.test
        if not files:
            raise UserError("no test set: give a file, or name one in the recipe with data.test.")
        known = self.run.codec.labels
        return read_documents(files, self.recipe.data, bad=bad, known=known)

    def _answers(self, documents: Sequence[list[Sentence]]) -> list[Answer]:
        return self.run.answers(documents) if documents else []

    def _result(
        self, sentences: list[Sentence], answer: Answer, notes: tuple[str, ...]
    ) -> DocumentResult:
        found, several = answer.probabilities, self.recipe.data.multi_label
        given = np.flatnonzero(decided(found[None], several)[0]).tolist()
        probabilities = dict(zip(self.labels, found.tolist(), strict=True))
        pieces = [sentence.pieces for sentence in sentences]
        if answer.words is None or answer.sentences is None:
            told = tuple(WeighedSentence(tuple(p), (0.0,) * len(p), 0.0) for p in pieces)
        else:
            told = weighed(pieces, answer.words, answer.sentences)
        return DocumentResult(
            tuple(self.labels[label] for label in given), probabilities, told, notes
        )

    def _probability(self, asked: Sequence[tuple[list[Sentence], str]]) -> list[float]:
        answers = self._answers([sentences for sentences, _ in asked])
        ids = self.run.codec.labels.ids
        return [
            float(answer.probabilities[ids[label]])
            for answer, (_, label) in zip(answers, asked, strict=True)
        ]


def _cut(cutter: Cutter, text: str) -> tuple[list[Sentence], tuple[str, ...]]:
    sentences = cutter(text)
    told = str(cutter.truncation)
    return sentences, (told,) if told else ()


def _unanswered(document: Document) -> DocumentResult:
    why = document.fault or "There is not a single word in this document."
    return DocumentResult((), {}, (), (why,))
