"""A bag of words has no loop: it is fitted at once, and is then the whole of its run."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seqloom.config import DocumentRecipe
from seqloom.config.documents import BagOfWords as Settings
from seqloom.data.documents.codec import DocumentCodec
from seqloom.data.documents.corpus import DocumentCorpus
from seqloom.data.documents.labels import class_weights
from seqloom.metrics.classification import evaluate_labels, one_hot
from seqloom.models.bag_of_words import BagOfWords
from seqloom.models.document_run import save_setting
from seqloom.training.documents.prepare import Prepared
from seqloom.training.task import Validation


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, its dev scores, and how long it took in seconds."""

    model: BagOfWords
    validation: Validation
    seconds: float


def fit_words(recipe: DocumentRecipe, data: Prepared, folder: Path) -> Fitted:
    """Fit the model and write the run, its numbers last."""
    assert isinstance(recipe.model, Settings)
    started = time.perf_counter()
    labels, several = data.codec.labels, recipe.data.multi_label
    counts = data.train.label_counts(len(labels))
    setting = recipe.model.class_weights
    model = BagOfWords.train(
        _bags(data.train),
        _truth(data.codec, data.train),
        recipe.model.strength,
        class_weights(setting, labels, counts, len(data.train), several),
        several,
    )
    validation = _score(recipe, data, model)
    save_setting(folder, data.codec)
    model.save(folder)
    return Fitted(model, validation, time.perf_counter() - started)


def _bags(corpus: DocumentCorpus) -> list[list[str]]:
    return [list(map(str, np.concatenate(corpus.document(i)).tolist())) for i in range(len(corpus))]


def _truth(codec: DocumentCodec, corpus: DocumentCorpus) -> np.ndarray:
    return one_hot([corpus.labels(index) for index in range(len(corpus))], len(codec.labels))


def _score(recipe: DocumentRecipe, data: Prepared, model: BagOfWords) -> Validation:
    found, truth = model.probabilities(_bags(data.dev)), _truth(data.codec, data.dev)
    tiny = np.finfo(np.float64).tiny
    sure = np.where(truth, found, 1 - found if recipe.data.multi_label else 1.0)
    loss = float(-np.log(np.maximum(sure, tiny)).sum(axis=1).mean())
    name = recipe.training.metric
    if name == "loss":
        return Validation(loss, None, loss)
    several = recipe.data.multi_label
    value = evaluate_labels(found, truth, multi_label=several, bootstrap=0)[name].value
    return Validation(loss, value, -value)
