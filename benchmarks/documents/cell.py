"""Trains and judges one cell of the documents table: python -m benchmarks.documents.cell NAME OUT"""

import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.documents.flops import training_flops
from benchmarks.documents.rows import Cell, recipe_of, set_named
from seqloom.api import finish
from seqloom.classifier import Classifier, DocumentEvaluation
from seqloom.config import DocumentRecipe
from seqloom.config.documents import BagOfWords
from seqloom.data.documents.corpus import DocumentCorpus
from seqloom.training.documents.task import batches_of
from seqloom.training.loop import Step
from seqloom.training.run import Ready, training

DELETED = 500
"""Test documents that words and sentences are taken out of."""


def train(recipe: DocumentRecipe, folder: Path) -> Classifier:
    """Train, or go on where a run that was stopped left off; work.json says what there was to do."""
    run, work = folder / "run", folder / "work.json"
    if not (folder / "finished").exists():
        resume = (run / "run.json").exists()
        started = time.process_time()
        for event in training(recipe, run, resume=resume):
            if isinstance(event, Ready):
                started = time.process_time()
                work.write_text(json.dumps(_work(recipe, run)))
            if isinstance(event, Step) and event.validation is not None:
                print(event.update, event.validation, flush=True)
        # Of a run in several sittings nobody knows: what a killed process used is lost with it. And a
        # bag of words is ready only when it is fitted.
        unknown = resume or isinstance(recipe.model, BagOfWords)
        used = {} if unknown else {"cpu_seconds": time.process_time() - started}
        work.write_text(json.dumps(json.loads(work.read_text()) | used))
        (folder / "finished").touch()
    model = finish(run)
    assert isinstance(model, Classifier)
    return model


def _work(recipe: DocumentRecipe, run: Path) -> dict[str, float]:
    """The words of an epoch, and how much of what is computed in the first is padding."""
    corpus = DocumentCorpus.open(run / "cache" / "train")
    words, sentences = int(corpus.words.sum()), int(corpus.sentences.sum())
    told: dict[str, float] = {"words": words, "words_per_sentence": words / sentences}
    if isinstance(recipe.model, BagOfWords):
        return told
    batches = list(batches_of(recipe, corpus).epoch(0))
    positions = sum(group.words.size for batch in batches for group in batch.groups)
    places = sum(len(batch) * int(batch.sentences.max()) for batch in batches)
    return told | {
        "padding": 1 - words / positions,
        "sentence_padding": 1 - sum(int(batch.sentences.sum()) for batch in batches) / places,
        "words_per_batch": words / len(batches),
    }


def speed(recipe: DocumentRecipe, folder: Path) -> dict[str, Any]:
    """Of the training, validations included."""
    work = json.loads((folder / "work.json").read_text())
    journal = (folder / "run" / "metrics.jsonl").read_text().splitlines()
    last = json.loads(journal[-1])
    read = work["words"] * last["epoch"]
    cpu = work.get("cpu_seconds")
    told = {
        **work,
        "epochs": last["epoch"],
        "minutes": last["seconds"] / 60,
        "cpu_minutes": None if cpu is None else cpu / 60,
        "words_per_second": read / last["seconds"],
        "words_per_cpu_second": None if cpu is None else read / cpu,
        "threads": torch.get_num_threads(),
    }
    if cpu is None or isinstance(recipe.model, BagOfWords):
        return told
    each = training_flops(recipe.model, work["words_per_sentence"])
    return told | {"flops_per_word": each, "of_peak": each * read / cpu / peak()}


def peak(size: int = 2048) -> float:
    """Operations in a second of processor time of a large matrix product: time of the processor, as on
    a machine with other work the clock on the wall says little."""
    a = torch.randn(size, size)
    torch.mm(a, a)
    rates: list[float] = []
    for _ in range(5):
        started = time.process_time()
        torch.mm(a, a)
        rates.append(2 * size**3 / (time.process_time() - started))
    return float(np.median(rates))


def judge(model: Classifier, bounds: tuple[int, ...]) -> dict[str, Any]:
    """Scores on the test set, by length too, and what taking words and sentences out does."""
    evaluation = model.evaluate()
    told = {
        "scores": evaluation.report.to_dict()["scores"],
        "lengths": _by_length(evaluation, bounds),
    }
    if model.unweighed:
        return told
    units = ("word", "sentence")
    return told | {
        "deletion": [model.deletion(None, u, documents=DELETED).to_dict() for u in units]
    }


def _by_length(evaluation: DocumentEvaluation, bounds: tuple[int, ...]) -> list[dict[str, Any]]:
    lengths = np.array([len(document.text.split()) for document in evaluation.documents])
    pairs = zip(evaluation.documents, evaluation.results, strict=True)
    right = np.array([document.labels == result.labels for document, result in pairs])
    told: list[dict[str, Any]] = []
    for low, high in pairwise((0, *bounds, sys.maxsize)):
        inside = (lengths >= low) & (lengths < high)
        share = 100 * float(right[inside].mean()) if inside.any() else None
        open_ended = None if high == sys.maxsize else high
        told.append(
            {"from": low, "to": open_ended, "documents": int(inside.sum()), "accuracy": share}
        )
    return told


def main() -> None:
    cell, out = Cell.named(sys.argv[1]), Path(sys.argv[2])
    folder = out / cell.name
    recipe = recipe_of(cell, out / "data")
    model = train(recipe, folder)
    result = speed(recipe, folder) | judge(model, set_named(cell.set).bounds)
    part = folder / "result.part"
    part.write_text(json.dumps(result, indent=1) + "\n")
    part.rename(folder / "result.json")


if __name__ == "__main__":
    main()
