"""What a label owes to the words and sentences of its document: laws of every classifier."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from tests.models.documents import KINDS, documents, made, read

from seqloom.attribution.documents import DocumentQuestion, ErasableDocument
from seqloom.attribution.embedded import gradients
from seqloom.attribution.gradients import gradient_norm, gradient_x_input
from seqloom.attribution.integrated import TOLERANCE, integrated_gradients
from seqloom.attribution.labelled import document_attribution
from seqloom.config.documents import Flat
from seqloom.data.documents.cut import Sentence
from seqloom.errors import UserError
from seqloom.models.bag_of_words import BagOfWords
from seqloom.models.document_run import Answer, DocumentRun
from seqloom.predict.document import DocumentResult, WeighedSentence
from seqloom.symbols import UNK

kinds = pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
pytestmark = pytest.mark.usefixtures("unchecked_shapes")
LABEL = 1
SMOOTH = {name: each for name, each in KINDS.items() if name not in ("max", "elman, layer norm")}
"""A largest value and a layer norm have kinks, over which no number of points is enough."""


def question(settings: Any, several: bool = False) -> tuple[DocumentQuestion, list[list[int]]]:
    model = made(settings)
    [document] = documents(settings, [[3, 1, 5]])
    return DocumentQuestion(model, document, LABEL, several), document


@kinds
@pytest.mark.parametrize("several", [False, True])
def test_its_own_embeddings_give_the_probability_of_the_label(settings, several: bool) -> None:
    asked, document = question(settings, several)
    logits = read(asked.model, [document]).logits
    expected = (logits.sigmoid() if several else logits.softmax(1))[:, [LABEL]].log()
    [embedded] = asked.embeddings()
    with torch.no_grad():
        found = asked.log_probs([embedded.expand(3, -1, -1)], 1)
    torch.testing.assert_close(found, expected.expand(3, 1), rtol=0, atol=1e-12)


@kinds
def test_a_gradient_is_what_a_small_step_changes(settings) -> None:
    asked, _ = question(settings)
    [embedded], small = asked.embeddings(), 1e-6
    along = torch.randn(embedded.shape, generator=torch.Generator().manual_seed(1)).double()
    ahead, back = (asked.log_probs([embedded + sign * small * along], 1) for sign in (1, -1))
    [slope] = gradients(asked, [embedded], torch.tensor([0]))
    torch.testing.assert_close(
        (slope * along).sum(), ((ahead - back) / (2 * small)).sum(), rtol=1e-4, atol=1e-6
    )
    torch.testing.assert_close(gradient_x_input(asked), (slope * embedded).sum(2))
    torch.testing.assert_close(gradient_norm(asked), slope.norm(dim=2))


@pytest.mark.parametrize("settings", SMOOTH.values(), ids=SMOOTH)
def test_integrated_gradients_add_up_to_what_the_words_gave(settings) -> None:
    asked, document = question(settings)
    weights, gap, _ = integrated_gradients(asked)
    nothing = [[UNK] * len(sentence) for sentence in document]
    there, here = (
        read(asked.model, [each]).logits.log_softmax(1)[0, LABEL] for each in (document, nothing)
    )
    assert float((weights.sum() - (there - here)).abs()) == pytest.approx(gap, abs=1e-12)
    assert gap <= TOLERANCE + TOLERANCE * abs(float(there - here))


@kinds
def test_how_many_are_differentiated_together_never_matters(settings) -> None:
    asked, _ = question(settings)
    one, many = (integrated_gradients(asked, together).weights for together in (3, 64))
    torch.testing.assert_close(one, many, rtol=1e-7, atol=1e-9)


class Linear:
    """A run whose log p of label 1 is the sum of its known ids, over 100."""

    def __init__(self, model: object = None) -> None:
        self.model = model
        self.recipe = SimpleNamespace(name="linear", data=SimpleNamespace(multi_label=False))
        self.codec = SimpleNamespace(labels=SimpleNamespace(names=("pos", "neg")))

    def answers(self, some: list[list[Sentence]]) -> list[Answer]:
        assert all(sentence.words for document in some for sentence in document)
        sums = [
            sum(word for sentence in document for word in sentence.words if word != UNK)
            for document in some
        ]
        return [Answer(np.array([0, np.exp((each - 100) / 100)]), None, None) for each in sums]


SENTENCES = [Sentence([7, 5], ["a", " b"]), Sentence([9], ["c"]), Sentence([8, 6], ["d", " e"])]
RESULT = DocumentResult(
    ("neg",),
    {"pos": 0.2, "neg": 0.8},
    tuple(WeighedSentence(tuple(each.pieces), (0.5, 0.5)[: len(each.words)], 0.25) for each in SENTENCES),
)  # fmt: skip


def run(model: object = None) -> Any:
    return Linear(model)


@pytest.mark.parametrize("erasing", ["unk", "remove"])
def test_occlusion_is_what_each_word_and_each_sentence_had_added(erasing) -> None:
    found = document_attribution(run(), SENTENCES, RESULT, LABEL, "occlusion", erasing, 8)
    assert found.label == "neg"
    assert found.words.weights[0] == pytest.approx([0.07, 0.05, 0.09, 0.08, 0.06], abs=1e-6)
    assert found.sentences.weights[0] == pytest.approx([0.12, 0.09, 0.14], abs=1e-6)
    assert found.words.source_tokens == ("a", "b", "c", "d", "e")
    assert found.sentences.source_tokens == ("1", "2", "3")


def test_both_curves_erase_what_counts_most_first_and_end_with_nothing() -> None:
    found = document_attribution(run(), SENTENCES, RESULT, LABEL, "occlusion", "remove", 8)
    words, sentences = found.words.faithfulness, found.sentences.faithfulness
    assert words is not None
    assert sentences is not None
    assert words.order == (2, 3, 0, 4, 1)
    assert words.ordered == pytest.approx((-0.65, -0.74, -0.82, -0.89, -0.95, -1.0), abs=1e-6)
    assert sentences.order == (2, 0, 1)
    assert sentences.ordered == pytest.approx((-0.65, -0.79, -0.91, -1.0), abs=1e-6)
    assert len(found.notes) == 3
    assert found.notes[0].startswith("Words: faithfulness +")


def test_attention_is_judged_by_its_shades() -> None:
    found = document_attribution(run(), SENTENCES, RESULT, LABEL, "attention", "unk", 0)
    assert found.words.weights[0] == pytest.approx([1.0] * 5)
    assert found.sentences.weights[0] == pytest.approx([0.25] * 3)
    assert found.words.faithfulness is None
    assert found.notes == ()


def test_an_erased_word_is_unknown_and_a_sentence_all_of_its_words() -> None:
    seen: list[list[Sentence]] = []

    class Watched(Linear):
        def answers(self, some: list[list[Sentence]]) -> list[Answer]:
            seen.extend(some)
            return super().answers(some)

    watched: Any = Watched()
    ErasableDocument(watched, SENTENCES, LABEL, "word").log_probs([(1, 3)])
    ErasableDocument(watched, SENTENCES, LABEL, "sentence").log_probs([(2,)])
    ErasableDocument(watched, SENTENCES, LABEL, "sentence", "remove").log_probs([(0, 1, 2)])
    assert [[sentence.words for sentence in document] for document in seen] == [
        [[7, UNK], [9], [UNK, 6]],
        [[7, 5], [9], [UNK, UNK]],
        [[UNK]],
    ]


@kinds
@pytest.mark.parametrize("method", ["gradient", "integrated", "gradient-norm"])
def test_a_sentence_has_what_its_words_have_together(settings, method) -> None:
    [ids] = documents(KINDS["attention"], [[3, 1, 5]])
    sentences = [Sentence(words, [f" {word}" for word in words]) for words in ids]
    model: Any = made(settings).float()
    real: Any = run(model)
    real.answers = lambda some: DocumentRun.answers(real, some)
    real._attended = lambda *asked: DocumentRun._attended(real, *asked)
    found = document_attribution(real, sentences, RESULT, LABEL, method, "unk", 2)
    [whole] = documents(settings, [[3, 1, 5]])  # the same words, as the model reads them
    asked = DocumentQuestion(model, whole, LABEL)
    by = {
        "gradient": gradient_x_input,
        "gradient-norm": gradient_norm,
        "integrated": lambda asked: integrated_gradients(asked).weights,
    }
    words = by[method](asked).numpy()[0]
    assert found.words.weights[0] == pytest.approx(words, abs=1e-5)
    join = np.linalg.norm if method == "gradient-norm" else np.sum
    expected = [join(words[:3]), join(words[3:4]), join(words[4:])]
    assert found.sentences.weights[0] == pytest.approx(expected, abs=1e-5)
    assert isinstance(settings, Flat) == (len(whole) == 1)
    assert found.words.faithfulness is not None


def test_a_bag_of_words_has_nothing_to_differentiate() -> None:
    bag = BagOfWords({}, np.ones(0), np.zeros((2, 0)), np.zeros(2), False)
    with pytest.raises(UserError, match=r"no embeddings to differentiate. Explain it by occlusion"):
        document_attribution(run(bag), SENTENCES, RESULT, LABEL, "gradient", "unk", 0)
