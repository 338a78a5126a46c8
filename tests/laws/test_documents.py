"""The laws of classifiers of documents: padding at both levels, order and grouping never matter, weights
are distributions, gradients reach every weight, and what was saved comes back bit for bit."""

import pytest
import torch
from tests.laws.document_variants import VARIANTS
from tests.models.documents import LABELS, VOCABULARY, documents, made, read

from seqloom.config.documents import BySeparators, DocumentRecipe
from seqloom.config.tokens import Words
from seqloom.data.documents.batching import batch_of
from seqloom.data.documents.codec import DocumentCodec
from seqloom.data.documents.labels import Labels
from seqloom.models.build_documents import build_classifier
from seqloom.models.classification_loss import one_label
from seqloom.models.document_run import load_document_run, save_setting
from seqloom.models.documents import documents_of, label_of
from seqloom.models.folder import WEIGHTS, save_weights

SHAPE = [[3, 1, 8], [2], [5, 5, 1, 7, 2], [13]]
EXACT = {"rtol": 0.0, "atol": 1e-12}

each_variant = pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS)
pytestmark = pytest.mark.usefixtures("unchecked_shapes")


@each_variant
def test_neighbours_and_padding_at_both_levels_never_change_an_answer(settings):
    model, some = made(settings), documents(settings, SHAPE)
    together = read(model, some)
    for row, document in enumerate(some):
        alone = read(model, [document])
        L, T = alone.word_weights.shape[1:]
        torch.testing.assert_close(together.logits[row], alone.logits[0], **EXACT)
        torch.testing.assert_close(
            together.word_weights[row, :L, :T], alone.word_weights[0], **EXACT
        )
        torch.testing.assert_close(
            together.sentence_weights[row, :L], alone.sentence_weights[0], **EXACT
        )


@each_variant
def test_the_order_of_a_batch_never_changes_an_answer(settings):
    model, some = made(settings), documents(settings, SHAPE)
    order = [2, 0, 3, 1]
    there = read(model, some).logits[order]
    torch.testing.assert_close(read(model, [some[i] for i in order]).logits, there, **EXACT)


@each_variant
def test_how_sentences_are_grouped_never_changes_an_answer(settings):
    model, some = made(settings), documents(settings, SHAPE)
    one_group, many = read(model, some, limit=1.0), read(model, some, limit=0.0)
    for one, other in zip(one_group, many, strict=True):
        torch.testing.assert_close(one, other, **EXACT)


@each_variant
def test_both_weights_are_distributions_over_what_is_there(settings):
    some = documents(settings, SHAPE)
    reading = read(made(settings), some)
    for row, document in enumerate(some):
        assert reading.sentence_weights[row].sum().item() == pytest.approx(1)
        assert (reading.sentence_weights[row, len(document) :] == 0).all()
        for sentence, words in enumerate(document):
            weights = reading.word_weights[row, sentence]
            assert weights.sum().item() == pytest.approx(1)
            assert (weights[len(words) :] == 0).all()
        assert (reading.word_weights[row, len(document) :] == 0).all()


@each_variant
def test_gradients_reach_every_parameter(settings):
    model = made(settings).train()
    batch = batch_of(documents(settings, SHAPE), [(0,), (1,), (2,), (1,)])
    logits = model(documents_of(batch, model)).logits
    one_label(logits, label_of(batch, model)).weighted.backward()
    without = [
        name
        for name, weight in model.named_parameters()
        if weight.grad is None or not weight.grad.abs().sum() > 0
    ]
    assert without == []


@each_variant
def test_a_saved_classifier_gives_the_same_bits(settings, tmp_path):
    words = " ".join(f"w{number}" for number in range(VOCABULARY))
    recipe = DocumentRecipe(
        model=settings,
        sentences=BySeparators(),
        tokens=Words(min_count=1),
    )
    codec = DocumentCodec.train(recipe, [words], Labels(tuple(map(str, range(LABELS)))))
    torch.manual_seed(1)
    model = build_classifier(settings, recipe.training, codec.words.size, LABELS).eval()
    save_setting(tmp_path, codec)
    save_weights(tmp_path / WEIGHTS, dict(model.named_parameters()))
    run = load_document_run(tmp_path)
    cut, cut_again = codec.cutter(), run.codec.cutter()
    texts = ["w1 w2\nw3 unseen w9", "w4"]
    assert [cut_again(text) for text in texts] == [cut(text) for text in texts]
    assert not run.model.training
    some = documents(settings, SHAPE)
    for found, expected in zip(read(run.model, some), read(model, some), strict=True):
        assert torch.equal(found, expected)
