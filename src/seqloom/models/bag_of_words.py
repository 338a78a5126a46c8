"""What order is worth: logistic regression over the words that occur (scikit-learn fits it).

    x_w    = tf_w * idf_w,  idf_w = 1 + log((1 + n) / (1 + n_w)),  x divided by its length
    logits = W x + b

tf_w is how often word w occurs in a document, n_w in how many of n documents. Two labels have one row
of W, taken as that of the second; the first has zeros. With one label a document the probabilities are
the softmax of the logits, with several their sigmoid.

A fitted model is numbers only: it is saved without pickle and answers without scikit-learn.

Sizes: I documents, V words, C labels.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.atomic import replacing
from seqloom.errors import MissingExtra, UserError

Reals = NDArray[np.float64]
Words = Sequence[str]

NUMBERS = "bag_of_words.npz"
WORDS = "bag_of_words.json"


@dataclass(frozen=True)
class BagOfWords:
    """words: id of each; idf [V], weights [C, V], bias [C]."""

    words: dict[str, int]
    idf: Reals
    weights: Reals
    bias: Reals
    multi_label: bool

    @classmethod
    def train(
        cls,
        documents: Iterable[Words],
        has: NDArray[np.bool_],
        strength: float = 1.0,
        class_weights: Sequence[float] | None = None,
        multi_label: bool = False,
    ) -> "BagOfWords":
        """Documents as their words, and which labels each has [I, C]."""
        text, linear = _library()
        vectorizer = text.TfidfVectorizer(analyzer=_themselves)
        x = vectorizer.fit_transform(documents)
        fits = [
            _fit(linear, x, answers, strength, weight)
            for answers, weight in _questions(has, class_weights, multi_label)
        ]
        weights = np.concatenate([weight for weight, _ in fits])
        bias = np.concatenate([bias for _, bias in fits])
        if len(weights) < has.shape[1]:
            weights = np.concatenate([np.zeros_like(weights), weights])
            bias = np.concatenate([np.zeros_like(bias), bias])
        words = {str(word): int(id) for word, id in vectorizer.vocabulary_.items()}
        return cls(words, vectorizer.idf_, weights, bias, multi_label)

    def probabilities(self, documents: Iterable[Words]) -> Reals:
        """[I, C]; words never seen in training play no part."""
        logits = np.array([self._logits(document) for document in documents])
        logits = logits.reshape(-1, len(self.bias))
        if self.multi_label:
            return 0.5 * (1 + np.tanh(0.5 * logits))
        grown = np.exp(logits - logits.max(axis=1, keepdims=True))
        return grown / grown.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        with replacing(folder / NUMBERS) as part, part.open("wb") as file:
            np.savez(file, idf=self.idf, weights=self.weights, bias=self.bias)
        told = {"multi_label": self.multi_label, "words": list(self.words.items())}
        with replacing(folder / WORDS) as part:
            part.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "BagOfWords":
        """Raises UserError if the files are missing or damaged."""
        try:
            told = json.loads((folder / WORDS).read_text(encoding="utf-8"))
            with np.load(folder / NUMBERS, allow_pickle=False) as file:
                idf, weights, bias = (file[name] for name in ("idf", "weights", "bias"))
            return cls(dict(told["words"]), idf, weights, bias, told["multi_label"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{folder}: must hold {WORDS} and {NUMBERS}, but they are missing or damaged "
                f"({error}). Copy the run folder again, whole, or train anew."
            ) from error

    def _logits(self, document: Words) -> Reals:
        known = [self.words[word] for word in document if word in self.words]
        ids, counts = np.unique(np.array(known, dtype=np.int64), return_counts=True)
        x = counts * self.idf[ids]
        length = float(np.sqrt((x * x).sum()))
        return self.weights[:, ids] @ x / (length or 1.0) + self.bias


def _themselves(words: Words) -> Words:
    """Documents come cut into words."""
    return words


def _library() -> tuple[Any, Any]:
    try:
        text = import_module("sklearn.feature_extraction.text")
        return text, import_module("sklearn.linear_model")
    except ModuleNotFoundError as error:
        raise MissingExtra("The bag of words", "documents") from error


def _questions(
    has: NDArray[np.bool_], class_weights: Sequence[float] | None, multi_label: bool
) -> list[tuple[NDArray[np.int64], dict[int, float] | None]]:
    """The answers that are fitted, with their weights: all labels at once, or each for itself."""
    if not multi_label:
        weights = None if class_weights is None else dict(enumerate(class_weights))
        return [(has.argmax(axis=1), weights)]
    ups = class_weights or [1.0] * has.shape[1]
    return [(has[:, c].astype(np.int64), {0: 1.0, 1: up}) for c, up in enumerate(ups)]


def _fit(
    linear: Any,
    x: Any,
    answers: NDArray[np.int64],
    strength: float,
    weights: dict[int, float] | None,
) -> tuple[Reals, Reals]:
    """Weights [1 or C, V] and bias."""
    if len(np.unique(answers)) == 1:
        # Nothing to learn from: a label that all documents have, or none.
        sure = 20.0 if answers[0] else -20.0
        return np.zeros((1, x.shape[1])), np.array([sure])
    model = linear.LogisticRegression(C=strength, class_weight=weights, max_iter=1000)
    model.fit(x, answers)
    return model.coef_, model.intercept_
