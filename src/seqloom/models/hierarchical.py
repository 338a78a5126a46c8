"""Classifiers of documents by attention over words and sentences (Yang 2016).

    h_it = BiGRU(words of sentence i)                     word encoder          eq. 1-4
    a_it = softmax_t(tanh(W_w h_it + b_w) . u_w)          word attention        eq. 5-6
    s_i  = sum_t a_it h_it                                sentence vector       eq. 7
    h_i  = BiGRU(s_1..s_L)                                sentence encoder      section 2.2
    a_i  = softmax_i(tanh(W_s h_i + b_s) . u_s)           sentence attention    eq. 8-9
    v    = sum_i a_i h_i                                  document vector       eq. 10
    logits = W_c v + b_c                                                        eq. 11

All sentences of a batch go through the word level together, a group of like lengths at a time; their
vectors are then laid out as [B, L, H]. Mean or max in place of attention at both levels gives HN-AVE
and HN-MAX of the paper. The flat model has the word level only, over the document as one sentence.

Sizes: B documents, L sentences, N sentences of a group, T words, H features of a vector, C labels.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.models.documents import Documents
from seqloom.nn.attention.pooling import Pooled, Pooling
from seqloom.nn.cells.stack import Stack


class Reading(NamedTuple):
    """What a model made of a batch; both weights are distributions, with 0 on padding.

    logits            [B, C]
    word_weights      [B, L, T]  of the words in their sentence
    sentence_weights  [B, L]
    """

    logits: Tensor
    word_weights: Tensor
    sentence_weights: Tensor


class Level(nn.Module):
    """Reads sequences of vectors and turns each into one."""

    def __init__(self, stack: Stack, pooling: Pooling) -> None:
        super().__init__()
        self.stack = stack
        self.pooling = pooling

    def forward(self, sequences: Float[Tensor, "N S I"], lengths: Int[Tensor, " N"]) -> Pooled:
        states, _ = self.stack(sequences.transpose(0, 1), lengths)
        valid = torch.arange(sequences.shape[1], device=lengths.device) < lengths.unsqueeze(1)
        return self.pooling(states.transpose(0, 1), valid)


class Hierarchical(nn.Module):
    """Words, sentences, label."""

    def __init__(
        self, embedding: nn.Embedding, words: Level, sentences: Level, readout: nn.Linear
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.words = words
        self.sentences = sentences
        self.readout = readout

    def forward(self, documents: Documents) -> Reading:
        vectors, word_weights = word_level(self.embedding, self.words, documents)
        document = self.sentences(vectors, documents.sentences)
        dropped = self.sentences.stack.dropout(document.vector.unsqueeze(0)).squeeze(0)
        return Reading(self.readout(dropped), word_weights, document.weights)


class Flat(nn.Module):
    """Words, label: every document must be one sentence."""

    def __init__(self, embedding: nn.Embedding, words: Level, readout: nn.Linear) -> None:
        super().__init__()
        self.embedding = embedding
        self.words = words
        self.readout = readout

    def forward(self, documents: Documents) -> Reading:
        assert bool((documents.sentences == 1).all()), "documents must be joined for a flat model"
        vectors, word_weights = word_level(self.embedding, self.words, documents)
        document = self.words.stack.dropout(vectors.transpose(0, 1)).squeeze(0)
        return Reading(self.readout(document), word_weights, torch.ones_like(word_weights[:, :, 0]))


def word_level(
    embedding: nn.Embedding, level: Level, documents: Documents
) -> tuple[Float[Tensor, "B L H"], Float[Tensor, "B L T"]]:
    """The vectors of all sentences and the weights of their words, each in its place."""
    B, L = len(documents.sentences), int(documents.sentences.max())
    T = max(group.words.shape[1] for group in documents.groups)
    read = [
        level(embedded, group.lengths)
        for embedded, group in zip(_embedded(embedding, documents), documents.groups, strict=True)
    ]
    places = torch.cat([group.places for group in documents.groups])
    vectors = torch.cat([pooled.vector for pooled in read])
    weights = torch.cat([_widened(pooled.weights, T) for pooled in read])
    return _placed(vectors, places, B * L).view(B, L, -1), _placed(weights, places, B * L).view(
        B, L, T
    )


def _embedded(embedding: nn.Embedding, documents: Documents) -> list[Float[Tensor, "N T E"]]:
    """The words of each group, looked up at once: the gradient of a look-up is as large as the whole
    embedding, and there had better be one of them."""
    shapes = [group.words.shape for group in documents.groups]
    words = embedding(torch.cat([group.words.reshape(-1) for group in documents.groups]))
    parts = words.split([shape.numel() for shape in shapes])
    return [part.view(*shape, -1) for part, shape in zip(parts, shapes, strict=True)]


def _widened(weights: Float[Tensor, "N S"], T: int) -> Float[Tensor, "N T"]:
    return nn.functional.pad(weights, (0, T - weights.shape[1]))


def _placed(
    rows: Float[Tensor, "N H"], places: Int[Tensor, " N"], count: int
) -> Float[Tensor, "P H"]:
    """Rows at their places among `count` places, zeros elsewhere."""
    return rows.new_zeros(count, rows.shape[1]).index_copy(0, places, rows)
