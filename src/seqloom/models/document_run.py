"""The run of a classifier of documents: its recipe, its words and labels, and its weights or counts.

What else is in its folder stands in models/folder.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqloom.config import DocumentRecipe
from seqloom.config import documents as config
from seqloom.data.documents.batching import batch_of
from seqloom.data.documents.codec import DocumentCodec
from seqloom.data.documents.cut import Sentence
from seqloom.errors import UserError
from seqloom.models.bag_of_words import BagOfWords
from seqloom.models.build_documents import build_classifier
from seqloom.models.documents import documents_of
from seqloom.models.folder import fill, load_recipe, save_recipe
from seqloom.models.hierarchical import Flat, Hierarchical
from seqloom.search.stepper import Reals

Probabilities = NDArray[np.float64]


class Answer(NamedTuple):
    """Of one document: probabilities [C], weights of words [L, T] and of sentences [L]; a flat model
    has one row of word weights for the whole document; None for a model without weights."""

    probabilities: Probabilities
    words: Reals | None
    sentences: Reals | None


@dataclass(frozen=True, slots=True)
class DocumentRun:
    """A classifier with what it needs to read documents."""

    codec: DocumentCodec
    model: Hierarchical | Flat | BagOfWords

    @property
    def recipe(self) -> DocumentRecipe:
        return self.codec.recipe

    def answers(self, documents: Sequence[list[Sentence]]) -> list[Answer]:
        """All documents as one batch; none of them may be without words."""
        if isinstance(self.model, BagOfWords):
            words = [bag(document) for document in documents]
            return [Answer(row, None, None) for row in self.model.probabilities(words)]
        return self._attended(self.model, documents)

    @torch.inference_mode()
    def _attended(
        self, model: Hierarchical | Flat, documents: Sequence[list[Sentence]]
    ) -> list[Answer]:
        ids = [[np.array(sentence.words) for sentence in document] for document in documents]
        if isinstance(model, Flat):
            ids = [[np.concatenate(document)] for document in ids]
        reading = model(documents_of(batch_of(ids), model))
        found = probabilities(reading.logits, self.recipe.data.multi_label)
        words, sentences = (part.float().cpu().numpy() for part in reading[1:])
        return [Answer(*each) for each in zip(found, words, sentences, strict=True)]


def bag(document: Sequence[Sentence]) -> list[str]:
    """The words of a document, for a model that knows no order: ids as text."""
    return [str(word) for sentence in document for word in sentence.words]


def probabilities(logits: Tensor, multi_label: bool) -> Probabilities:
    """Of every label [B, C]: together 1, or each on its own where there may be several."""
    found = logits.sigmoid() if multi_label else logits.softmax(dim=1)
    return found.double().cpu().numpy()


def save_setting(folder: Path, codec: DocumentCodec) -> None:
    """Everything but the weights."""
    save_recipe(folder, codec.recipe)
    codec.save(folder)


def load_codec(folder: Path) -> DocumentCodec:
    """Recipe, words and labels of a run. Raises UserError if this is no run of a classifier."""
    recipe = load_recipe(folder)
    if not isinstance(recipe, DocumentRecipe):
        raise UserError(
            f"{folder}: a run of the family {recipe.family}, but documents are asked for."
        )
    return DocumentCodec.load(folder, recipe)


def load_document_run(folder: Path, device: str | torch.device = "cpu") -> DocumentRun:
    """The whole run. Raises UserError for anything that is not as it must be."""
    codec = load_codec(folder)
    recipe = codec.recipe
    if isinstance(recipe.model, config.BagOfWords):
        return DocumentRun(codec, BagOfWords.load(folder))
    model = build_classifier(recipe.model, recipe.training, codec.words.size, len(codec.labels))
    fill(model, folder)
    return DocumentRun(codec, model.to(device).eval())
