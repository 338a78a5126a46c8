"""Floating-point operations of training for one word, counted from the shapes.

A product of a vector with an m x n matrix takes 2 m n operations. Counted are matrix products only,
forward and twice as much backward; what is pointwise, the softmax and the embedding are left out, so a
fraction of peak made with this is a little too low.

Multiplications forward, I what a layer reads, H features of one direction, K those that are compared:

    a GRU layer in both directions        2 * 3 H (I + H)      a word, and again a sentence
    attention over its states             2H K + K + 2H        likewise

E embedding; the first layer of words reads I = E, all others and the sentences I = 2H.
"""

from seqloom.config.documents import Flat, Hierarchical


def training_flops(model: Hierarchical | Flat, words_per_sentence: float) -> float:
    """Operations of forward and backward for one word; its share of its sentence is counted in."""
    assert model.cell == "gru"
    words = _level(model, model.embedding)
    sentences = _level(model, 2 * model.hidden) if isinstance(model, Hierarchical) else 0
    return 3 * 2 * (words + sentences / words_per_sentence)


def _level(model: Hierarchical | Flat, inputs: int) -> int:
    H, K = model.hidden, model.attention
    sizes = [inputs, *[2 * H] * (model.layers - 1)]
    layers = sum(2 * 3 * H * (size + H) for size in sizes)
    attends = isinstance(model, Flat) or model.pooling == "attention"
    return layers + attends * (2 * H * K + K + 2 * H)
