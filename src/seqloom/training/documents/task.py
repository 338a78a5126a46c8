"""Documents and their labels: cross-entropy on the training documents; the loss of the dev documents,
with accuracy or macro-F1 where the recipe chooses by it.

The unit of the loss is a document.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seqloom.config import DocumentRecipe
from seqloom.config.documents import BagOfWords
from seqloom.data.documents.batching import DocumentBatch, DocumentBatches
from seqloom.data.documents.codec import DocumentCodec
from seqloom.data.documents.corpus import DocumentCorpus
from seqloom.data.documents.labels import class_weights
from seqloom.data.vectors import coverage, read_vectors
from seqloom.errors import UserError
from seqloom.metrics.classification import evaluate_labels, one_hot
from seqloom.models.build_documents import Recurrent, build_classifier, fill_embedding
from seqloom.models.classification_loss import ClassificationLoss, one_label, several_labels
from seqloom.models.document_run import load_codec, probabilities, save_setting
from seqloom.models.documents import documents_of, label_of, labels_of
from seqloom.models.hierarchical import Flat, Hierarchical
from seqloom.training.documents.prepare import prepare
from seqloom.training.task import Facts, Sums, Task, Validation, named_items

Classifier = Hierarchical | Flat


class DocumentTask(Task[Classifier, DocumentBatch]):
    """A classifier and its documents."""

    def __init__(
        self,
        codec: DocumentCodec,
        model: Classifier,
        train: DocumentCorpus,
        dev: DocumentCorpus,
        notes: Sequence[str] = (),
    ) -> None:
        self.recipe = codec.recipe
        self.codec = codec
        self.model = model
        self.batches = batches_of(self.recipe, train)
        self.dev = batches_of(self.recipe, dev)
        self.notes = notes
        self.sizes = len(train), len(dev)
        self._weights = _class_weights(codec, train, model)

    @property
    def facts(self) -> Facts:
        return facts_of(self.codec, *self.sizes)

    def count(self, batch: DocumentBatch) -> int:
        return len(batch)

    def loss(self, batch: DocumentBatch, update: int) -> Sums:
        smoothing = self.recipe.training.label_smoothing
        loss = self._loss(self.model, batch, self._weights, smoothing)
        return Sums(loss.weighted, loss.nll)

    def named(self, batch: DocumentBatch) -> str:
        return named_items("training documents", batch.indices.tolist())

    @torch.inference_mode()
    def score(self, model: Classifier) -> Validation:
        model.eval()
        nll, several = 0.0, self.recipe.data.multi_label
        found: list[np.ndarray] = []
        truth: list[tuple[int, ...]] = []
        for batch in self.dev.in_order():
            logits = model(documents_of(batch, model)).logits
            nll += float(self._nll(logits, batch, model))
            found.append(probabilities(logits, several))
            truth.extend(batch.labels)
        loss, name = nll / len(truth), self.recipe.training.metric
        if name == "loss":
            return Validation(loss, None, loss)
        has = one_hot(truth, len(self.codec.labels))
        report = evaluate_labels(np.concatenate(found), has, multi_label=several, bootstrap=0)
        return Validation(loss, report[name].value, -report[name].value)

    def save_setting(self, folder: Path) -> None:
        save_setting(folder, self.codec)

    def _loss(
        self, model: Classifier, batch: DocumentBatch, weights: Tensor | None, smoothing: float
    ) -> ClassificationLoss:
        logits = model(documents_of(batch, model)).logits
        if self.recipe.data.multi_label:
            has = labels_of(batch, len(self.codec.labels), model)
            return several_labels(logits, has, weights, smoothing)
        return one_label(logits, label_of(batch, model), weights, smoothing)

    def _nll(self, logits: Tensor, batch: DocumentBatch, model: Classifier) -> Tensor:
        if self.recipe.data.multi_label:
            return several_labels(logits, labels_of(batch, len(self.codec.labels), model)).nll
        return one_label(logits, label_of(batch, model)).nll


def document_task(
    recipe: DocumentRecipe, folder: Path, device: torch.device, going_on: bool
) -> DocumentTask:
    """Read the data and build the model; a run that goes on keeps its words and labels."""
    assert not isinstance(recipe.model, BagOfWords), "fitted at once (training/documents/at_once)"
    if recipe.model.freeze_vectors and not recipe.model.vectors and not going_on:
        raise UserError(
            "model.freeze_vectors=true leaves the embedding as model.vectors=FILE has it, but no file is "
            "given: random vectors would never be learnt. Give one, or leave freeze_vectors out."
        )
    data = prepare(recipe, folder, load_codec(folder) if going_on else None)
    words, labels = data.codec.words, data.codec.labels
    model = build_classifier(recipe.model, recipe.training, words.size, len(labels))
    notes = [*data.notes]
    if recipe.model.vectors and not going_on:
        notes.append(_pretrained(recipe.model, data.codec, model).removesuffix("."))
    return DocumentTask(data.codec, model.to(device), data.train, data.dev, notes)


def batches_of(recipe: DocumentRecipe, corpus: DocumentCorpus) -> DocumentBatches:
    """A set in batches of the recipe's size."""
    return DocumentBatches(
        corpus=corpus,
        max_documents=recipe.training.batch_size,
        max_words=recipe.training.batch_tokens,
        seed=recipe.seed,
        flat=recipe.model.kind == "flat",
    )


def facts_of(codec: DocumentCodec, train: int, dev: int) -> Facts:
    """What the card and the first lines of a training tell."""
    sizes = {"vocabulary": codec.words.size, "labels": len(codec.labels)}
    recipe = codec.recipe
    about = {
        "Words": f"{recipe.tokens.kind}, {codec.words.size:,} in the vocabulary",
        "Labels": ", ".join(codec.labels.names[:20]) + (" ..." if len(codec.labels) > 20 else ""),
        "Model": _described(recipe),
    }
    return Facts("documents", "document", train, dev, sizes, about)


def _described(recipe: DocumentRecipe) -> str:
    model = recipe.model
    if isinstance(model, BagOfWords):
        return "bag of words, logistic regression"
    return f"{model.kind}, {model.layers} x {model.hidden} {model.cell} in both directions"


def _pretrained(settings: Recurrent, codec: DocumentCodec, model: Classifier) -> str:
    assert settings.vectors is not None
    known = codec.words.vocabulary
    vectors = read_vectors(settings.vectors, known.tokens, known.first_token, settings.embedding)
    if settings.freeze_vectors and not vectors:
        raise UserError(
            f"{settings.vectors}: {coverage(vectors, len(known.tokens))} With model.freeze_vectors=true "
            "random vectors would never be learnt."
        )
    fill_embedding(model.embedding, vectors)
    return coverage(vectors, len(known.tokens))


def _class_weights(codec: DocumentCodec, train: DocumentCorpus, model: Classifier) -> Tensor | None:
    counts = train.label_counts(len(codec.labels))
    several = codec.recipe.data.multi_label
    setting = codec.recipe.model.class_weights
    weights = class_weights(setting, codec.labels, counts, len(train), several)
    return None if weights is None else model.embedding.weight.new_tensor(weights)
