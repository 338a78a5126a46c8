import json

import numpy as np
import pytest

from seqloom.predict.document import DocumentResult, weighed

PIECES = [["Too", " long"], [" dull", " plot", "!"]]


def test_each_sentence_takes_its_row_without_the_padding() -> None:
    words = np.array([[0.25, 0.75, 0.0], [0.5, 0.3, 0.2]])
    first, second = weighed(PIECES, words, np.array([0.4, 0.6]))
    assert (first.text, first.weights, first.weight) == ("Too long", (0.25, 0.75), 0.4)
    assert (second.text, second.weight) == ("dull plot!", 0.6)


def test_one_row_for_all_words_is_shared_out_among_the_sentences() -> None:
    first, second = weighed(PIECES, np.array([[0.1, 0.3, 0.3, 0.2, 0.1]]), np.array([1.0]))
    assert (first.weight, second.weight) == pytest.approx((0.4, 0.6))
    assert first.weights == pytest.approx((0.25, 0.75))
    assert second.weights == pytest.approx((1 / 2, 1 / 3, 1 / 6))


def test_a_document_of_one_sentence_weighs_all() -> None:
    [only] = weighed(PIECES[:1], np.array([[0.25, 0.75]]), np.array([1.0]))
    assert (only.weights, only.weight) == ((0.25, 0.75), 1.0)


def test_a_result_is_json() -> None:
    sentences = weighed(PIECES[:1], np.array([[0.25, 0.75]], dtype=np.float32), np.array([1.0]))
    told = json.loads(json.dumps(DocumentResult(("a",), {"a": 1.0}, sentences).to_dict()))
    assert told["sentences"][0]["words"] == ["Too", "long"]
