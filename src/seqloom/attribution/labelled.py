"""All that a label owes to its document, by one method: a figure for each word and each sentence, and how
far to trust both.

                   of word j in sentence i              of sentence i
    attention      sqrt(a_i) a_ij, as it is shaded      a_i
    gradient       x_j . d f / d x_j                    the sum over its words
    integrated     the same, along the way from <unk>   the sum over its words
    gradient-norm  || d f / d x_j ||                    the same in all its words at once
    occlusion      f - f without word j                 f - f without the sentence

f and x_j are those of documents.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

import numpy as np

from seqloom.attribution.attribution import Attribution, Method
from seqloom.attribution.documents import DocumentQuestion, ErasableDocument
from seqloom.attribution.embedded import TOGETHER
from seqloom.attribution.erased import Erasing
from seqloom.attribution.faithfulness import faithfulness
from seqloom.attribution.gradients import gradient_norm, gradient_x_input
from seqloom.attribution.integrated import integrated_gradients
from seqloom.attribution.occlusion import occlusion
from seqloom.data.documents.cut import Sentence
from seqloom.errors import UserError
from seqloom.models.bag_of_words import BagOfWords
from seqloom.models.document_run import DocumentRun
from seqloom.models.hierarchical import Flat
from seqloom.predict.deletion import Unit
from seqloom.predict.document import DocumentResult
from seqloom.search.stepper import Reals

MOST_WORDS = 8192
"""Of all documents that are differentiated at once."""
NO_EMBEDDINGS = "a bag of words has no embeddings to differentiate. Explain it by occlusion."
ERASED = {
    "unk": "Erased words are read as <unk>.",
    "remove": "Erased words are taken out; a document without any is read as one <unk>.",
}


@dataclass(frozen=True, slots=True)
class DocumentAttribution:
    """Of one label: weights [1, S] of all words, and [1, L] of all sentences, which are called by their
    numbers; each with a deletion curve of its own."""

    label: str
    words: Attribution
    sentences: Attribution

    @property
    def notes(self) -> tuple[str, ...]:
        """For the reader of a picture that has both."""
        trust = ((each, part.faithfulness) for each, part in self._parts())
        told = (f"{name}: {found}" for name, found in trust if found is not None)
        return (*told, *self.words.notes)

    def _parts(self) -> tuple[tuple[str, Attribution], ...]:
        return ("Words", self.words), ("Sentences", self.sentences)


def document_attribution(
    run: DocumentRun,
    sentences: Sequence[Sentence],
    result: DocumentResult,
    label: int,
    method: Method,
    erasing: Erasing,
    orders: int,
) -> DocumentAttribution:
    """Raises UserError for gradients of a bag of words.

    orders  of the deletion curves; 0 leaves them out
    """
    parts = [ErasableDocument(run, sentences, label, unit, erasing) for unit in _UNITS]
    weights, notes = _weights(run, result, parts, method)
    trust = [
        faithfulness(part, own, orders) if orders else None
        for part, own in zip(parts, weights, strict=True)
    ]
    if method == "occlusion" or any(trust):
        notes = (*notes, ERASED[erasing])
    name = run.codec.labels.names[label]
    named = (
        tuple(piece.strip() for sentence in sentences for piece in sentence.pieces),
        tuple(f"{number}" for number, _ in enumerate(sentences, start=1)),
    )
    words, whole = (
        Attribution(method, tokens, (name,), own, curve, notes)
        for tokens, own, curve in zip(named, weights, trust, strict=True)
    )
    return DocumentAttribution(name, words, whole)


_UNITS: tuple[Unit, Unit] = ("word", "sentence")
_Weights = tuple[tuple[Reals, Reals], tuple[str, ...]]


def _weights(
    run: DocumentRun, result: DocumentResult, parts: Sequence[ErasableDocument], method: Method
) -> _Weights:
    """Of words and of sentences, and what they stand on."""
    match method:
        case "attention":
            words = [shade for row in result.shades() for shade in row]
            sentences = [sentence.weight for sentence in result.sentences]
            return (_row(words), _row(sentences)), ()
        case "occlusion":
            of_words, of_sentences = map(occlusion, parts)
            return (of_words, of_sentences), ()
        case _:
            return _gradient(run, parts[0], method)


def _gradient(run: DocumentRun, asked: ErasableDocument, method: Method) -> _Weights:
    model = run.model
    if isinstance(model, BagOfWords):
        raise UserError(f"{run.recipe.name}: {NO_EMBEDDINGS}")
    ids = [sentence.words for sentence in asked.sentences]
    ends = accumulate(map(len, ids), initial=0)
    spans = [slice(start, end) for start, end in pairwise(ends)]
    whole = [[*chain.from_iterable(ids)]] if isinstance(model, Flat) else ids
    question = DocumentQuestion(model, whole, asked.label, run.recipe.data.multi_label)
    together = max(1, min(TOGETHER, MOST_WORDS // asked.num_parts))
    notes: tuple[str, ...] = ()
    if method == "integrated":
        found, gap, points = integrated_gradients(question, together)
        notes = (f"Baseline: <unk> for all words. {points} points, gap {gap:.3f} nats.",)
    else:
        by = gradient_norm if method == "gradient-norm" else gradient_x_input
        found = by(question, together)
    words = found.float().cpu().numpy()
    join = np.linalg.norm if method == "gradient-norm" else np.sum
    return (words, _row([float(join(words[0, span])) for span in spans])), notes


def _row(figures: Sequence[float]) -> Reals:
    return np.array([figures], dtype=np.float32)
