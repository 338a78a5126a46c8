"""The three graphs of a model, written from its weights.

    encoder   source, lengths -> memory, state
    step      tokens, k, wanted, memory, state -> candidates, log probabilities, attention, state
    greedy    source, lengths, limits, min_length -> tokens, log probabilities, attention

The first two are what search drives; the last has the whole of greedy search inside. <pad> and <sos>
have log probability -inf among the candidates, as they are never written. Any batch, any length.

Sizes: B sources, N rows (hypotheses), S source length, T steps, V vocabulary, U = V and copied units.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from onnx import ModelProto

from seqloom.export import decoders, readouts
from seqloom.export.decoders import Stepped
from seqloom.export.encoders import embedded, encode
from seqloom.export.graph import BOOL, FLOAT, INT32, INT64, Graph, Part, Value
from seqloom.export.rows import BATCH, ROWS, SOURCE, Rows
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.symbols import EOS, PAD, SOS, UNK

NEVER = (PAD, SOS)


class Graphs(NamedTuple):
    """The files, and the names of what goes from the encoder to every step and from step to step."""

    encoder: ModelProto
    step: ModelProto
    greedy: ModelProto
    memory: tuple[str, ...]
    state: tuple[str, ...]
    attends: bool


def write_graphs(model: EncoderDecoder, *, int8: bool = False) -> Graphs:
    """Raises UserError for a part that has not been written as ONNX nodes yet."""
    encoder = Graph(int8=int8)
    memory, state = _read(encoder, model)
    for group, parts in (("memory", memory), ("state", state)):
        for part in parts:
            encoder.output(f"{group}.{part.name}", part.value, part.kind, part.shape)
    step, attends = _step_graph(model, memory, state, int8=int8)
    return Graphs(
        encoder.model("encoder"),
        step,
        _greedy_graph(model, int8=int8),
        tuple(part.name for part in memory),
        tuple(part.name for part in state),
        attends,
    )


def _read(g: Graph, model: EncoderDecoder) -> tuple[list[Part], list[Part]]:
    """Memory and first state of a batch of sources."""
    source = g.input("source", INT64, (BATCH, SOURCE))
    lengths = g.input("lengths", INT64, (BATCH,))
    ids = source if model.pointer is None else readouts.plain(g, model.pointer, source)
    encoded = encode(g, model.encoder, ids, lengths)
    memory = decoders.remember(g, model.decoder, encoded)
    state = decoders.start(g, model.decoder, encoded, memory)
    copies = [] if model.pointer is None else readouts.copies(g, model.pointer, source)
    return [*memory, *copies], state


def _step_graph(
    model: EncoderDecoder, memory: Sequence[Part], state: Sequence[Part], *, int8: bool
) -> tuple[ModelProto, bool]:
    g = Graph(int8=int8)
    tokens = g.input("tokens", INT64, (ROWS,))
    k = g.input("k", INT64, (1,))
    wanted = g.input("wanted", INT64, (ROWS,))
    known = [g.input(f"memory.{part.name}", part.kind, part.shape) for part in memory]
    before = [g.input(f"state.{part.name}", part.kind, part.shape) for part in state]
    rows = Rows(g, g.size(known[0], 0) if known else None)
    stepped, log_probs = _step(g, model, rows, tokens, known, before)
    asked = g.op("GatherElements", log_probs, g.unsqueeze(wanted, 1), axis=1)
    possible = g.op("Add", log_probs, _banned(g, model, log_probs, NEVER))
    at_most = g.op("Min", k, g.size(possible, 1))
    best, ids = g.ops("TopK", [possible, at_most], 2, axis=1)
    g.output("candidates", ids, INT64, (ROWS, "k"))
    g.output("log_probs", best, FLOAT, (ROWS, "k"))
    g.output("wanted_log_prob", g.squeeze(asked, 1), FLOAT, (ROWS,))
    if stepped.weights is not None:
        g.output("attention", stepped.weights, FLOAT, (ROWS, SOURCE))
    for part, value in zip(state, stepped.state, strict=True):
        g.output(f"after.{part.name}", value, part.kind, part.shape)
    return g.model("step"), stepped.weights is not None


def _greedy_graph(model: EncoderDecoder, *, int8: bool) -> ModelProto:
    g = Graph(int8=int8)
    memory, state = _read(g, model)
    limits = g.input("limits", INT64, (BATCH,))
    min_length = g.input("min_length", INT64, ())
    ever = g.op("ReduceMax", limits, axes=[0], keepdims=0)
    steps = g.op("Add", ever, g.constant(np.int64(1)))
    first = g.op("Expand", g.ints(SOS), g.op("Shape", limits))
    none_done = g.op("Less", limits, g.op("Sub", limits, g.ints(1)))
    carried = [
        Part("tokens", first, (BATCH,), INT64),
        Part("done", none_done, (BATCH,), BOOL),
        *state,
    ]
    with g.body() as body:
        step, _ = body.input(INT64, ()), body.input(BOOL, ())
        tokens, done, *before = (body.input(part.kind, part.shape) for part in carried)
        stepped, log_probs = _step(
            g, model, Rows(g, None), tokens, [m.value for m in memory], before
        )
        early = g.op("Less", step, min_length)
        banned = [_banned(g, model, log_probs, ids) for ids in ((*NEVER, EOS), NEVER)]
        possible = g.op("Add", log_probs, g.op("Where", early, *banned))
        chosen = g.op("ArgMax", possible, axis=1, keepdims=1)
        paid = g.squeeze(g.op("GatherElements", log_probs, chosen, axis=1), 1)
        chosen = g.squeeze(chosen, 1)
        over = g.op("Or", g.op("Equal", chosen, g.ints(EOS)), g.op("LessOrEqual", limits, step))
        done = g.op("Or", done, over)
        all_done = g.op("ReduceMin", g.op("Cast", done, to=INT32), axes=[0], keepdims=0)
        body.output(g.op("Not", g.op("Cast", all_done, to=BOOL)), BOOL)
        for part, value in zip(carried, [chosen, done, *stepped.state], strict=True):
            body.output(value, part.kind)
        weights = [] if stepped.weights is None else [stepped.weights]
        body.output(chosen, INT64)
        for value in (paid, *weights):
            body.output(value, FLOAT)
    entering = [steps, g.constant(np.bool_(True)), *(part.value for part in carried)]
    count = len(carried) + 2 + len(weights)
    told = g.ops("Loop", entering, count, body=body.graph())[len(carried) :]
    g.output("tokens", told[0], INT64, ("steps", BATCH))
    g.output("log_probs", told[1], FLOAT, ("steps", BATCH))
    if weights:
        g.output("attention", told[2], FLOAT, ("steps", BATCH, SOURCE))
    return g.model("greedy")


def _step(
    g: Graph,
    model: EncoderDecoder,
    rows: Rows,
    tokens: Value,
    memory: list[Value],
    state: list[Value],
) -> tuple[Stepped, Value]:
    """One step of the decoder, and log p [N, U] of what follows."""
    pointer = model.pointer
    known = memory if pointer is None else memory[:-2]
    if pointer is not None:
        ordinary = g.op("Less", tokens, g.ints(pointer.target_vocabulary))
        tokens = g.op("Where", ordinary, tokens, g.ints(UNK))
    stepped = decoders.step(
        g, model.decoder, rows, embedded(g, model.embedding, tokens), known, state
    )
    scores = readouts.logits(g, model.readout, stepped.features)
    if pointer is None:
        return stepped, readouts.log_softmax(g, scores)
    assert stepped.weights is not None, "a pointer needs attention"
    copies = memory[-2:]
    log_probs = readouts.pointed(
        g, pointer, rows, stepped.features, scores, stepped.weights, copies
    )
    return stepped, log_probs


def _banned(g: Graph, model: EncoderDecoder, log_probs: Value, ids: Sequence[int]) -> Value:
    """-inf for tokens that may not be chosen, 0 for the others."""
    row = np.zeros(model.vocabulary_size, dtype=np.float32)
    row[list(ids)] = -np.inf
    banned = g.constant(row)
    if model.pointer is None:
        return banned
    # Units that are only copied come behind the vocabulary.
    more = g.op("Sub", g.size(log_probs, 1), g.ints(len(row)))
    return g.op("Pad", banned, g.shape(0, more), g.real(0.0))
