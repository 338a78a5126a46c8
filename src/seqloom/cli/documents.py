"""What `predict`, `evaluate` and `explain` do where the model classifies documents."""

import json
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from seqloom.cli.drawn import write_drawing, write_record
from seqloom.cli.stdin import standard_input
from seqloom.cli.written import Format, one_line
from seqloom.errors import UserError

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from seqloom.api import AnyModel
    from seqloom.classifier import Classifier
    from seqloom.data.bad_rows import BadRows
    from seqloom.data.documents.document import Document
    from seqloom.document_explanation import DocumentExplanation
    from seqloom.explain.theme import Scheme
    from seqloom.predict.deletion import Deletion
    from seqloom.predict.document import DocumentResult


READING = ("format", "header", "text", "label", "separator", "encoding", "max_line_bytes")
"""Settings that may differ from those of training."""
PREDICTING = ("--format", "--set", "--output", "--skip-bad")
EVALUATING = ("--json", "--deletion", "--png", "--bootstrap", "--set", "--skip-bad")
"""Options of the commands that do something here."""


def is_classifier(model: "AnyModel") -> "TypeIs[Classifier]":
    """Told by the recipe: to import the class would be to import torch."""
    return model.recipe.family == "documents"


def reading_otherwise(model: "Classifier", settings: list[str] | None) -> "Classifier":
    """The model with other settings of how files are read, such as 'data.text=review'. Raises
    UserError for any other setting: those are what the model was trained with."""
    if not settings:
        return model
    from seqloom.classifier import Classifier
    from seqloom.config import override

    for setting in settings:
        section, _, name = setting.partition("=")[0].strip().partition(".")
        if section != "data" or name not in READING:
            raise UserError(
                f"--set of a classifier changes how files are read, but this is '{setting}'. "
                f"Choose from: {', '.join(f'data.{each}' for each in READING)}."
            )
    codec = replace(model.run.codec, recipe=override(model.recipe, settings))
    return Classifier(replace(model.run, codec=codec), model.folder)


def predict_documents(
    model: "Classifier", file: str, format: Format, bad: "BadRows | None"
) -> Iterator[str]:
    """A line for each document, in order: its label and how probable that is, or all as JSON.

    file  documents as the recipe reads them, labels not needed; '-' reads one a line; of a folder the
          JSON names the file of each
    """
    limited, asked = 0, deque["Document"]()
    documents = _remembered(_documents(model, file, bad), asked)
    tree = file != "-" and Path(file).is_dir()
    for number, result in enumerate(model.stream(documents)):
        limited += _limited(result)
        document = asked.popleft()
        if format == "jsonl":
            place = {"file": document.origin.rpartition(":")[0]} if tree else {}
            told = {"line": number, **place, **result.to_dict()}
            yield json.dumps(told, ensure_ascii=False)
        else:
            yield _answer(model, result)
    if limited:
        typer.echo(_told(limited), err=True)


def _remembered(documents: "Iterator[Document]", asked: "deque[Document]") -> "Iterator[Document]":
    """The same; what was handed on and is not answered yet stands in `asked`."""
    for document in documents:
        asked.append(document)
        yield document


def _limited(result: "DocumentResult") -> bool:
    """Whether the limits of data.max_words and data.max_sentences did anything to it."""
    return bool(result.probabilities and result.notes)


def _told(limited: int) -> str:
    return (
        f"{limited:,} document(s) went beyond data.max_words or data.max_sentences and were cut; "
        "'seqloom predict --format jsonl' tells how in the notes of each."
    )


def _documents(model: "Classifier", file: str, bad: "BadRows | None") -> "Iterator[Document]":
    from seqloom.data.bad_rows import Fault, settle
    from seqloom.data.documents.document import Document
    from seqloom.data.documents.read import read_documents
    from seqloom.data.sources.lines import read_lines

    if file != "-":
        data = model.recipe.data
        yield from read_documents([file], data, bad=bad, need_label=False, every_row=True)
        return
    if sys.stdin.isatty():
        typer.echo("One document a line; Ctrl-D ends.", err=True)
    for line in read_lines(standard_input(), "-", model.recipe.data.max_line_bytes):
        if isinstance(line, Fault):
            settle(line, bad)
            yield Document("", origin=str(line.place), fault=line.reason)
        else:
            yield Document(line.text, origin=str(line.place))


def _answer(model: "Classifier", result: "DocumentResult") -> str:
    if not result.probabilities:
        return ""  # nothing was asked: a line without words, or one that was set aside
    labels = model.recipe.data.separator.join(result.labels)
    sure = [result.probabilities[label] for label in result.labels]
    return "\t".join([one_line(labels), ";".join(f"{each:.4f}" for each in sure)])


def evaluate_documents(
    model: "Classifier",
    files: list[str] | None,
    *,
    bootstrap: int,
    deletion: bool,
    png: Path | None,
    bad: "BadRows | None",
) -> tuple[str, dict[str, Any]]:
    """The scores as a table to read, and as an object for JSON.

    deletion  also take out what attention weighs most, and see (predict/deletion.py)
    png       where the confusion is drawn

    Raises UserError, before any work, for a picture of what there is none of.
    """
    if png is not None and model.recipe.data.multi_label:
        raise UserError(
            "--png: draws which label is taken for which, where a document has one label; this model "
            "gives several (data.multi_label=true). Leave it out: the scores are in the table."
        )
    evaluation = model.evaluate(files or None, bootstrap=bootstrap, bad=bad)
    text = [evaluation.report.table()]
    twin: dict[str, Any] = {**evaluation.report.to_dict()}
    if evaluation.confusion is not None:
        text.append(evaluation.confusion.table())
        twin["confusion"] = evaluation.confusion.to_dict()
        if png is not None:
            from seqloom.explain.confusion import png_confusion

            png_confusion(evaluation.confusion, png)
    if limited := sum(map(_limited, evaluation.results)):
        text.append(_told(limited))
    if deletion:
        curves = [
            model.deletion(files or None, "word", bad=bad),
            model.deletion(files or None, "sentence", bad=bad),
        ]
        twin["deletion"] = [curve.to_dict() for curve in curves]
        text += map(lowered, curves)
    return "\n\n".join(text), twin


def lowered(curve: "Deletion") -> str:
    """What the deletion test found, as a sentence."""
    than = "more" if curve.lowered >= 0 else "less"
    return (
        f"Taking out {curve.unit}s with the largest weights lowers the probability of the label given "
        f"by {100 * abs(curve.lowered):.2f} points {than} than taking out random ones "
        f"({curve.documents:,} documents)."
    )


def explain_document(
    explanation: "DocumentExplanation",
    png: Path | None,
    html: Path | None,
    json_file: Path | None,
    theme: "Scheme",
) -> None:
    """The shaded document in the terminal, and in files."""
    from seqloom.explain.document import terminal_document

    Console(highlight=False, markup=False).print(terminal_document(explanation.shaded))
    write_drawing(png, partial(explanation.png, theme=theme))
    write_drawing(html, explanation.html)
    if json_file is not None:
        write_record(json_file, explanation.to_dict())
