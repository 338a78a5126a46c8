"""The toy task of documents: one word of one sentence decides, and attention must find it."""

import random

import pytest
import torch

from seqloom.config.documents import Hierarchical
from seqloom.config.training import Training
from seqloom.data.documents.batching import batch_of
from seqloom.models.build_documents import build_classifier
from seqloom.models.classification_loss import one_label
from seqloom.models.documents import documents_of, label_of

KEYS = (4, 5)
VOCABULARY = 20


def toy(draw: random.Random, count: int):
    """Documents of noise, each with one of two key words, and where each is."""
    documents, labels, places = [], [], []
    for _ in range(count):
        document = [
            [draw.randrange(6, VOCABULARY) for _ in range(draw.randint(2, 7))]
            for _ in range(draw.randint(1, 5))
        ]
        label, sentence = draw.randrange(2), draw.randrange(len(document))
        word = draw.randrange(len(document[sentence]))
        document[sentence][word] = KEYS[label]
        documents.append(document)
        labels.append((label,))
        places.append((sentence, word))
    return batch_of(documents, labels), places


@pytest.mark.usefixtures("unchecked_shapes")
def test_attention_finds_the_word_that_decides() -> None:
    torch.manual_seed(1)
    draw = random.Random(1)
    settings = Hierarchical(embedding=8, hidden=8, attention=8, dropout=0.0)
    model = build_classifier(settings, Training(), VOCABULARY, 2)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(80):
        batch, _ = toy(draw, 24)
        optimizer.zero_grad()
        loss = one_label(model(documents_of(batch, model)).logits, label_of(batch, model))
        (loss.weighted / loss.documents).backward()
        optimizer.step()

    batch, places = toy(draw, 100)
    with torch.no_grad():
        reading = model(documents_of(batch, model))
    right = (reading.logits.argmax(1) == label_of(batch, model)).double().mean()
    weights = reading.sentence_weights.unsqueeze(2) * reading.word_weights
    paid = sum(weights[row, *place].item() for row, place in enumerate(places))
    # What the word would get if all sentences, and all words of its sentence, were alike.
    even = sum(
        1 / int(batch.sentences[row]) / int((reading.word_weights[row, sentence] > 0).sum())
        for row, (sentence, _) in enumerate(places)
    )
    assert right > 0.95
    assert paid > 2 * even
