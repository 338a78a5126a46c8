from pathlib import Path

import numpy as np
import pytest

from seqloom.data.documents.batching import DocumentBatch, DocumentBatches, batch_of
from seqloom.data.documents.corpus import DocumentCorpus, Encoded

DRAW = np.random.default_rng(1)
DOCUMENTS = [
    Encoded(
        [DRAW.integers(4, 50, size=n).tolist() for n in DRAW.integers(1, 30, size=sentences)],
        (int(DRAW.integers(3)),),
    )
    for sentences in DRAW.integers(1, 12, size=60)
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> DocumentCorpus:
    folder: Path = tmp_path_factory.mktemp("corpus")
    return DocumentCorpus.write(folder, DOCUMENTS, vocabulary=50, labels=3, longest=30)


def batches(corpus: DocumentCorpus, **changed: object) -> DocumentBatches:
    return DocumentBatches(
        **{"corpus": corpus, "max_documents": 8, "max_words": 700, "seed": 1} | changed
    )


def unpacked(batch: DocumentBatch) -> list[list[list[int]]]:
    """Documents again, from the groups."""
    L = int(batch.sentences.max())
    found: dict[int, list[int]] = {}
    for group in batch.groups:
        for words, length, place in zip(group.words, group.lengths, group.places, strict=True):
            found[int(place)] = words[:length].tolist()
    return [[found[b * L + i] for i in range(n)] for b, n in enumerate(batch.sentences)]


def test_a_corpus_gives_back_what_was_written(corpus: DocumentCorpus) -> None:
    again = DocumentCorpus.open(corpus.pairs.folder)
    for index, document in enumerate(DOCUMENTS):
        assert [words.tolist() for words in again.document(index)] == document.sentences
        assert again.labels(index) == document.labels
    assert again.words.tolist() == [sum(map(len, each.sentences)) for each in DOCUMENTS]
    assert again.sentences.tolist() == [len(each.sentences) for each in DOCUMENTS]
    assert again.label_counts(3) == [
        sum(each.labels == (n,) for each in DOCUMENTS) for n in range(3)
    ]


def test_groups_hold_every_sentence_in_its_place() -> None:
    documents = [each.sentences for each in DOCUMENTS[:7]]
    batch = batch_of(documents)
    assert unpacked(batch) == documents
    assert batch.num_words == sum(len(s) for document in documents for s in document)


def test_an_epoch_has_every_document_once_with_its_labels(corpus: DocumentCorpus) -> None:
    seen: list[int] = []
    for batch in batches(corpus).epoch(3):
        expected = [DOCUMENTS[index] for index in batch.indices.tolist()]
        assert unpacked(batch) == [each.sentences for each in expected]
        assert batch.labels == tuple(each.labels for each in expected)
        seen += batch.indices.tolist()
    assert sorted(seen) == list(range(60))


def test_padding_stays_below_a_fifth_of_the_work(corpus: DocumentCorpus) -> None:
    for batch in batches(corpus).epoch(1):
        assert batch.padding < 0.2


def test_batches_keep_to_the_limits(corpus: DocumentCorpus) -> None:
    for batch in batches(corpus, max_words=100).epoch(1):
        assert len(batch) <= 8
        assert len(batch) == 1 or batch.num_words <= 100


def test_an_epoch_follows_from_its_seed_and_goes_on_where_it_was(corpus: DocumentCorpus) -> None:
    def order(found: DocumentBatches, number: int, skip: int = 0) -> list[list[int]]:
        return [batch.indices.tolist() for batch in found.epoch(number, skip)]

    one = batches(corpus, shuffle_buffer=16)
    assert order(one, 1) == order(batches(corpus, shuffle_buffer=16), 1)
    assert order(one, 1) != order(one, 2)
    assert order(one, 1) != order(batches(corpus, shuffle_buffer=16, seed=2), 1)
    assert order(one, 1, skip=5) == order(one, 1)[5:]
    assert one.num_batches(1) == len(order(one, 1))


def test_in_order_has_every_document_once(corpus: DocumentCorpus) -> None:
    seen = [index for batch in batches(corpus).in_order() for index in batch.indices.tolist()]
    assert sorted(seen) == list(range(60))


def test_a_flat_document_is_one_sentence(corpus: DocumentCorpus) -> None:
    for batch in batches(corpus, flat=True).in_order():
        for index, document in zip(batch.indices.tolist(), unpacked(batch), strict=True):
            assert document == [[word for s in DOCUMENTS[index].sentences for word in s]]
