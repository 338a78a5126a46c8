"""The label of a document as a function of its words, to be differentiated or to have parts erased.

    f(x_1 .. x_S) = log p(label | x)        x_j [E] the embedding of word j, of all sentences

A document of which all is taken out is read as a single <unk>. A flat model reads all sentences as one.

Sizes: R rows, L sentences, S words, E embedding.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from seqloom.attribution.embedded import Embedded, Positions, with_part
from seqloom.attribution.erased import FLOOR, Erasing
from seqloom.data.documents.batching import batch_of
from seqloom.data.documents.cut import Sentence
from seqloom.models.document_run import DocumentRun
from seqloom.models.documents import documents_of
from seqloom.models.hierarchical import Flat, Hierarchical
from seqloom.predict.deletion import Unit, without
from seqloom.search.stepper import Reals
from seqloom.symbols import UNK

_TOGETHER = 32
"""Documents scored at once."""
_NOTHING = [Sentence([UNK], ["<unk>"])]


class DocumentQuestion:
    """f, to be differentiated.

    document  word ids of each sentence; one sentence for a flat model
    several   whether a document may have several labels, each with a probability of its own
    """

    steps = 1

    def __init__(
        self,
        model: Hierarchical | Flat,
        document: Sequence[Sequence[int]],
        label: int,
        several: bool = False,
    ) -> None:
        self.model = model
        self.words = [word for sentence in document for word in sentence]
        self.ends = list(accumulate(map(len, document)))[:-1]
        self.label = label
        self.several = several

    def embeddings(self) -> Embedded:
        return self._table(self.words)

    def baseline(self) -> Embedded:
        return self._table([UNK] * len(self.words))

    def log_probs(self, embedded: Embedded, steps: int) -> Float[Tensor, "R 1"]:
        [points] = embedded
        rows = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
        documents = documents_of(batch_of([np.split(row, self.ends) for row in rows]), self.model)
        logits = with_part(self.model, "embedding", Positions(points))(documents).logits
        found = logsigmoid(logits) if self.several else logits.log_softmax(1)
        return found[:, self.label : self.label + 1]

    def _table(self, words: Sequence[int]) -> Embedded:
        table = self.model.embedding
        return [table(torch.tensor([words], device=table.weight.device)).detach()]


@dataclass(frozen=True, slots=True)
class ErasableDocument:
    """f, of which words or whole sentences can be erased."""

    run: DocumentRun
    sentences: Sequence[Sentence]
    label: int
    unit: Unit
    erasing: Erasing = "unk"

    @property
    def num_parts(self) -> int:
        if self.unit == "sentence":
            return len(self.sentences)
        return sum(len(sentence.words) for sentence in self.sentences)

    @property
    def num_erasable(self) -> int:
        return self.num_parts

    def log_probs(self, erased: Sequence[Collection[int]]) -> Reals:
        documents = [self._without(set(gone)) for gone in erased]
        chunks = [documents[i : i + _TOGETHER] for i in range(0, len(documents), _TOGETHER)]
        answers = [answer for chunk in chunks for answer in self.run.answers(chunk)]
        found = [answer.probabilities[self.label] for answer in answers]
        return np.log(np.maximum(found, exp(FLOOR))).astype(np.float32).reshape(-1, 1)

    def _without(self, gone: set[int]) -> list[Sentence]:
        if self.erasing == "remove":
            return without(self.sentences, gone, self.unit) or _NOTHING
        firsts = accumulate((len(each.words) for each in self.sentences), initial=0)
        return [
            Sentence(
                [
                    UNK if (number if self.unit == "sentence" else first + place) in gone else word
                    for place, word in enumerate(sentence.words)
                ],
                sentence.pieces,
            )
            for number, (sentence, first) in enumerate(zip(self.sentences, firsts, strict=False))
        ]
