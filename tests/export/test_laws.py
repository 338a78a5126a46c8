"""Law 8, for every variant: the graphs say what torch says, whatever the neighbours."""

from typing import NamedTuple

import numpy as np
import onnx
import pytest
from tests.export.variants import EVERY, in_graphs, single, sources

from seqloom.config import Search
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.stepper import ModelStepper
from seqloom.runtime import GRAPHS, OnnxStepper
from seqloom.search import search
from seqloom.search.beam import beam_search
from seqloom.symbols import SOS

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
GREEDY = Search(max_length=6, min_length=2, length_penalty=0.7)
CLOSE = 1e-4


class Variant(NamedTuple):
    """A model, the same as graphs, and what both are asked."""

    model: EncoderDecoder
    stepper: OnnxStepper
    asked: list[list[int]]


@pytest.fixture(scope="module", params=EVERY.values(), ids=EVERY)
def variant(request, tmp_path_factory) -> Variant:
    """Written once for all tests of this file."""
    model = single(request.param)
    return Variant(model, in_graphs(model, tmp_path_factory.mktemp("graphs")), sources(model))


def test_every_log_probability_and_weight_is_that_of_torch(variant):
    ours, theirs, asked = ModelStepper(variant.model), variant.stepper, variant.asked
    one, other = ours.start(asked), theirs.start(asked)
    tokens, both = np.full((len(asked), 1), SOS), [0, 0]
    for step in range(4):
        expected, one = ours.step(one, tokens, ours.vocabulary_size, tokens)
        found, other = theirs.step(other, tokens, ours.vocabulary_size, tokens)
        np.testing.assert_allclose(_by_id(found), _by_id(expected), atol=CLOSE)
        np.testing.assert_allclose(found.wanted, expected.wanted, atol=CLOSE)
        if expected.weights is None:
            assert found.weights is None
        else:
            np.testing.assert_allclose(found.weights, expected.weights, atol=CLOSE)
        # From the second step on two hypotheses of each source but the first, which has left.
        stay = np.arange(1 if step == 0 else 0, len(tokens))
        parents = np.tile(both, (len(stay), 1))
        one, other = (s.select(state, stay, parents) for s, state in ((ours, one), (theirs, other)))
        tokens = np.arange(parents.size).reshape(parents.shape) * 7 % 13
        both = [1, 0]


def test_the_loop_inside_the_graph_finds_what_search_finds_through_the_steps(variant):
    _, stepper, asked = variant
    inside = stepper.greedy(asked, GREEDY)
    assert inside is not None
    for [ours], [theirs] in zip(beam_search(stepper, asked, GREEDY), inside, strict=True):
        assert theirs.tokens == ours.tokens
        assert (theirs.finished, theirs.origin) == (ours.finished, ours.origin)
        assert theirs.token_log_probs == pytest.approx(ours.token_log_probs, abs=1e-5)
        assert theirs.score == pytest.approx(ours.score, abs=1e-5)
        if ours.weights is not None:
            np.testing.assert_allclose(theirs.weights, ours.weights, atol=1e-5)


def test_a_beam_finds_the_list_of_torch(variant):
    beam = Search(beam=3, nbest=2, max_length=4)
    expected = search(ModelStepper(variant.model), variant.asked, beam)
    found = search(variant.stepper, variant.asked, beam)
    assert [[h.tokens for h in of] for of in found] == [[h.tokens for h in of] for of in expected]


def test_a_batch_without_a_unit_that_is_open_to_copying_is_answered_too(variant):
    asked = [variant.asked[2], variant.asked[2]]  # empty lines: <eos> alone
    beam = Search(beam=3, nbest=2, max_length=4)
    expected = search(ModelStepper(variant.model), asked, beam)
    found = search(variant.stepper, asked, beam)
    assert [[h.tokens for h in of] for of in found] == [[h.tokens for h in of] for of in expected]


def test_neighbours_and_their_order_never_change_an_answer(variant):
    _, stepper, asked = variant
    together = stepper.greedy(asked, GREEDY)
    for source, [expected] in zip(asked[::-1], stepper.greedy(asked[::-1], GREEDY), strict=True):
        [found] = together[asked.index(source)]
        [[alone]] = stepper.greedy([source], GREEDY)
        for other in (found, alone):
            assert other.tokens == expected.tokens
            assert other.token_log_probs == pytest.approx(expected.token_log_probs, abs=1e-5)


def test_the_graphs_are_valid_onnx(variant):
    for name in GRAPHS:
        onnx.checker.check_model(variant.stepper.folder / name)


def _by_id(candidates) -> np.ndarray:
    return np.take_along_axis(candidates.log_probs, np.argsort(candidates.tokens), axis=2)
