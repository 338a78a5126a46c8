"""The deletion test on readers whose answer is a sum that can be redone."""

import numpy as np
import pytest

from seqloom.data.documents.cut import Sentence
from seqloom.predict.deletion import Answered, deletion, drawn, without
from seqloom.predict.document import DocumentResult, WeighedSentence

FIRST = Sentence([4, 5, 6], ["It", " (", "was"])
SECOND = Sentence([7, 8], [" good", "."])


def answered(weights: list[list[float]], of_sentences: list[float], ids: list[list[int]]):
    """A document with the label 'yes'; the words are their own ids."""
    sentences = [Sentence(row, [f" {word}" for word in row]) for row in ids]
    weighed = tuple(
        WeighedSentence(tuple(each.pieces), tuple(row), weight)
        for each, row, weight in zip(sentences, weights, of_sentences, strict=True)
    )
    return Answered(sentences, DocumentResult(("yes",), {"yes": 1.0}, weighed))


def worth(asked):
    """The probability is a tenth of the sum of the ids that are left."""
    return [sum(sum(each.words) for each in sentences) / 10 for sentences, _ in asked]


def test_words_are_taken_out_by_their_place_and_neighbours_stay_what_they_are():
    left = without([FIRST, SECOND], {1, 3}, "word")
    assert left == [Sentence([4, 6], ["It", "was"]), Sentence([8], ["."])]


def test_a_sentence_that_loses_all_its_words_is_gone():
    assert without([FIRST, SECOND], {3, 4}, "word") == [FIRST]


def test_sentences_are_taken_out_whole():
    assert without([FIRST, SECOND], {0}, "sentence") == [SECOND]


def test_the_curves_are_what_a_hand_finds():
    # Weights rise with worth: words worth 1, 2, 3, 4 in two sentences that weigh the same.
    document = answered([[0.1, 0.2], [0.3, 0.4]], [0.5, 0.5], [[1, 2], [3, 4]])
    found = deletion([document], worth, "word", shares=(0.0, 0.25, 0.5))
    assert found.curves["most"] == pytest.approx((1.0, 0.6, 0.3))
    assert found.curves["least"] == pytest.approx((1.0, 0.9, 0.7))
    assert found.curves["least"][1] >= found.curves["random"][1] >= found.curves["most"][1]


def test_a_word_counts_by_its_sentence_too():
    # Shade sqrt(0.81) * 0.5 = 0.45 of the first word beats sqrt(0.19) * 0.9 = 0.39 of the last.
    document = answered([[0.5, 0.5], [0.1, 0.9]], [0.81, 0.19], [[1, 1], [1, 7]])
    found = deletion([document], worth, "word", shares=(0.0, 0.5))
    assert found.curves["most"] == pytest.approx((1.0, 0.8))


def test_weights_that_point_at_what_decides_lower_more_than_chance():
    random = np.random.default_rng(5)
    documents = []
    for _ in range(40):
        ids = random.integers(1, 9, size=10)
        documents.append(answered([[1.0]] * 10, (ids / ids.sum()).tolist(), [[i] for i in ids]))
    assert deletion(documents, worth, "sentence").lowered > 0


def test_weights_that_point_away_from_it_lower_less_than_chance():
    random = np.random.default_rng(5)
    documents = []
    for _ in range(40):
        ids = random.integers(1, 9, size=10)
        documents.append(answered([[1.0]] * 10, (1 / ids).tolist(), [[i] for i in ids]))
    assert deletion(documents, worth, "sentence").lowered < 0


def test_documents_are_drawn_from_the_whole_of_a_file_that_is_sorted():
    means = [np.mean(drawn(range(1000), 50, seed)) for seed in range(20)]
    assert np.mean(means) == pytest.approx(500, abs=40)  # 2.9 standard errors
    assert drawn(range(1000), 50, 3) == sorted({*drawn(range(1000), 50, 3)})


def test_all_are_drawn_where_there_are_not_more():
    assert drawn("abc", 5, 1) == ["a", "b", "c"]
