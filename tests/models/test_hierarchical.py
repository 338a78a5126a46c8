"""Classifiers of documents: derivatives, learning by heart, one document by hand, vectors that stay.

Their laws stand in tests/laws/test_documents.py.
"""

from math import exp, tanh

import pytest
import torch
from tests.models.documents import KINDS, LABELS, documents, made, read
from tests.nn.attention_by_hand import fill

from seqloom.config.training import Training
from seqloom.data.documents.batching import batch_of
from seqloom.models.build_documents import build_classifier, fill_embedding
from seqloom.models.classification_loss import one_label
from seqloom.models.documents import documents_of, label_of

SHAPE = [[3, 1, 8], [2], [5, 5, 1, 7, 2], [13]]
EXACT = {"rtol": 0.0, "atol": 1e-12}

kinds = pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
pytestmark = pytest.mark.usefixtures("unchecked_shapes")


@kinds
def test_the_model_has_the_derivatives_of_small_differences(settings):
    model = made(settings)
    batch = batch_of(documents(settings, [[2, 1], [3]]), [(0,), (2,)])
    some, labels = documents_of(batch, model), label_of(batch, model)

    def loss(*_: torch.Tensor) -> torch.Tensor:
        return one_label(model(some).logits, labels).weighted

    assert torch.autograd.gradcheck(loss, list(model.parameters()), fast_mode=True)


@kinds
def test_one_batch_can_be_overfitted(settings):
    model = made(settings).train()
    batch = batch_of(documents(settings, SHAPE), [(0,), (1,), (2,), (1,)])
    some, labels = documents_of(batch, model), label_of(batch, model)
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    for _ in range(40):
        optimizer.zero_grad()
        loss = one_label(model(some).logits, labels).weighted
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1


def test_a_document_of_one_sentence_of_two_words_by_hand():
    # An Elman cell without recurrence is tanh(W x): forward 0.5 x, backward -x; the same above.
    settings = KINDS["attention"].model_copy(
        update={"cell": "elman", "embedding": 1, "hidden": 1, "attention": 1}
    )
    model = build_classifier(settings, Training(), 6, 2)
    fill(model, embedding__weight=[[0], [0], [0], [0], [0.8], [-0.6]])
    for level, u in ((model.words, 1.5), (model.sentences, 1.0)):
        fill(level.pooling, W__weight=[[1, 2]], W__bias=[0.1], u__weight=[[u]])
    fill(model.words.stack.forwards[0], W=[[0.5]], R=[[0]], b=[0])
    fill(model.words.stack.backwards[0], W=[[-1]], R=[[0]], b=[0])
    fill(model.sentences.stack.forwards[0], W=[[1, 0]], R=[[0]], b=[0])
    fill(model.sentences.stack.backwards[0], W=[[0, 1]], R=[[0]], b=[0])
    fill(model.readout, weight=[[1, 0], [0, 1]], bias=[0, 0.5])
    reading = read(model.double().eval(), [[[4, 5]]])

    h = [(tanh(0.5 * x), tanh(-x)) for x in (0.8, -0.6)]
    grown = [exp(1.5 * tanh(f + 2 * b + 0.1)) for f, b in h]
    a = [each / sum(grown) for each in grown]
    s = [a[0] * h[0][k] + a[1] * h[1][k] for k in (0, 1)]
    assert reading.word_weights[0, 0].tolist() == pytest.approx(a)
    assert reading.sentence_weights.tolist() == [[1.0]]
    assert reading.logits[0].tolist() == pytest.approx([tanh(s[0]), tanh(s[1]) + 0.5])


def test_a_word_far_away_reaches_a_sentence_only_through_the_sentence_level():
    # Word weights of one sentence do not depend on another.
    model, (first, second) = made(KINDS["attention"]), documents(KINDS["attention"], [[3, 4], [2]])
    changed = read(model, [[first[0], second[0]]]).word_weights[0, 0, :3]
    torch.testing.assert_close(read(model, [first]).word_weights[0, 0, :3], changed, **EXACT)


def test_frozen_vectors_stay_and_fill_their_rows():
    settings = KINDS["attention"].model_copy(update={"freeze_vectors": True})
    model = build_classifier(settings, Training(), 9, LABELS)
    before = model.embedding.weight.clone()
    fill_embedding(model.embedding, {5: torch.ones(7).numpy()})
    assert not model.embedding.weight.requires_grad
    assert model.embedding.weight[5].tolist() == [1.0] * 7
    assert torch.equal(model.embedding.weight[6:], before[6:])
