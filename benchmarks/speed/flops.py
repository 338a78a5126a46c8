"""Floating-point operations of a training step for one target token, counted from the shapes.

A product of a vector with an m x n matrix takes 2 m n operations, a multiplication and an addition for
each weight. Counted are matrix products only, forward and twice as much backward (for the inputs and for
the weights). What is pointwise, the softmax, the embedding and the bridge from encoder to decoder are
left out, so a fraction of peak made with this is a little too low.

Multiplications for one token, forward:

    encoder, a source token, each direction of a layer    4 H (I + H)
    keys of general attention, a source token             2H D
    decoder, a target token, each layer                   4 D (I + D)
    scores and context, a target token                    D S + 2H S
    attentional state                                     D (2H + D)
    readout                                               D V

E embedding, H features of one encoder direction (2H of both), D = 2H of the decoder, S source length,
V target vocabulary; I is what a layer reads: E for the first, E + D for the decoder's first where the
attentional state is fed in, the size of the layer below for the others.
"""

from benchmarks.speed.workload import Shape


def encoder_products(shape: Shape) -> int:
    """Multiplications for one source token: the layers, and the key of the attention."""
    both, total = 2 * shape.hidden, 0
    for layer in range(shape.layers):
        read = shape.embedding if layer == 0 else both
        total += 2 * 4 * shape.hidden * (read + shape.hidden)
    return total + both * both


def decoder_products(shape: Shape, vocabulary: int, source: float, feeding: bool) -> float:
    """Multiplications for one target token with `source` tokens to attend to."""
    size = both = 2 * shape.hidden
    total = 0.0
    for layer in range(shape.layers):
        read = shape.embedding + size * feeding if layer == 0 else size
        total += 4 * size * (read + size)
    attention = (size + both) * source + size * (both + size)
    return total + attention + size * vocabulary


def training_flops(
    shape: Shape, vocabulary: int, source_per_target: float, source: float, feeding: bool = True
) -> float:
    """Operations of forward and backward for one target token.

    source_per_target  source tokens that are encoded for one target token
    source             mean number of source tokens that a target token attends to
    """
    encoder = encoder_products(shape) * source_per_target
    decoder = decoder_products(shape, vocabulary, source, feeding)
    return 3 * 2 * (encoder + decoder)
