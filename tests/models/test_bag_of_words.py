"""The bag of words says what scikit-learn says, and goes on without it."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from seqloom.errors import UserError
from seqloom.metrics.classification import one_hot
from seqloom.models.bag_of_words import NUMBERS, BagOfWords

TEXTS = [
    "a fine film", "a bad bad film", "fine fine acting", "dull and bad",
    "a cat", "the cat sat", "bad cat film", "fine and dull",
]  # fmt: skip
DOCUMENTS = [text.split() for text in TEXTS]
NEW = [*DOCUMENTS, ["never", "seen"], []]


@pytest.mark.parametrize("labels", [[0, 1, 0, 1, 0, 0, 1, 0], [0, 1, 0, 1, 2, 2, 2, 0]])
def test_probabilities_are_those_of_scikit_learn(labels: list[int]) -> None:
    ours = BagOfWords.train(DOCUMENTS, one_hot([(label,) for label in labels], max(labels) + 1))
    vectorizer = TfidfVectorizer(analyzer=lambda words: words)
    theirs = LogisticRegression(max_iter=1000).fit(vectorizer.fit_transform(DOCUMENTS), labels)
    expected = theirs.predict_proba(vectorizer.transform(NEW))
    np.testing.assert_allclose(ours.probabilities(NEW), expected, atol=1e-9)


def test_several_labels_are_answered_one_by_one() -> None:
    has = one_hot([(0,), (1,), (0,), (1,), (), (), (0, 1), (0,)], 3)
    ours = BagOfWords.train(DOCUMENTS, has, multi_label=True, class_weights=[1.0, 2.0, 1.0])
    vectorizer = TfidfVectorizer(analyzer=lambda words: words)
    x = vectorizer.fit_transform(DOCUMENTS)
    theirs = LogisticRegression(max_iter=1000, class_weight={0: 1.0, 1: 2.0}).fit(x, has[:, 1])
    np.testing.assert_allclose(
        ours.probabilities(NEW)[:, 1], theirs.predict_proba(vectorizer.transform(NEW))[:, 1]
    )
    assert (ours.probabilities(NEW)[:, 2] < 1e-6).all()  # a label that nothing had


def test_a_saved_bag_answers_the_same(tmp_path: Path) -> None:
    ours = BagOfWords.train(DOCUMENTS, one_hot([(n % 2,) for n in range(8)], 2))
    ours.save(tmp_path)
    assert (BagOfWords.load(tmp_path).probabilities(NEW) == ours.probabilities(NEW)).all()


def test_a_damaged_bag_is_named(tmp_path: Path) -> None:
    BagOfWords.train(DOCUMENTS, one_hot([(n % 2,) for n in range(8)], 2)).save(tmp_path)
    (tmp_path / NUMBERS).write_bytes(b"no archive")
    with pytest.raises(UserError, match="missing or damaged"):
        BagOfWords.load(tmp_path)
