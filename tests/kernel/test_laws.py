"""What holds for the kernel beyond saying what torch says."""

import resource
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.kernel.networks import GREEDY, OTHERS, RECIPES, SOURCES, kernel_of, model_of, recipe_of

from seqloom import kernel
from seqloom.config import GNMT, Search, Sutskever
from seqloom.config.attention import Coverage, Dot
from seqloom.config.network import TransformerEncoder
from seqloom.config.section import Section
from seqloom.kernel import KernelStepper, UnsupportedError, library
from seqloom.kernel import describe as describing
from seqloom.kernel.describe import KNOWN, describe
from seqloom.models.build import build
from seqloom.search.stepper import Candidates
from seqloom.symbols import PAD, SOS

FEW = [
    RECIPES["lstm-luong-general-True-both ways"],
    RECIPES["gru-bahdanau-additive-both ways"],
    RECIPES["elman-cho-one way"],
    OTHERS["stacked"],
]
few = pytest.mark.parametrize("recipe", FEW)
FIRST = FEW[0]


def _found(stepper, sources) -> list[tuple[tuple[int, ...], tuple[float, ...], bytes]]:
    return [
        (h.tokens, h.token_log_probs, b"" if h.weights is None else h.weights.tobytes())
        for (h,) in stepper.greedy(sources, GREEDY)
    ]


def _first_step(stepper, sources=SOURCES) -> Candidates:
    tokens = np.full((len(sources), 1), SOS)
    return stepper.step(stepper.start(sources), tokens, stepper.vocabulary_size)[0]


def _by_id(candidates: Candidates) -> np.ndarray:
    return np.take_along_axis(candidates.log_probs, np.argsort(candidates.tokens), axis=2)


@few
@pytest.mark.parametrize("int8", [False, True])
def test_neighbours_and_their_order_change_no_bit_of_an_answer(recipe, int8):
    stepper = kernel_of(recipe, int8=int8)
    many = SOURCES * 3
    together = _found(stepper, many)
    assert together == [_found(stepper, [source])[0] for source in many]
    assert together[::-1] == _found(stepper, many[::-1])


@few
@pytest.mark.parametrize("instructions", ["plain", "avx2", "avx512"])
def test_every_instruction_set_says_the_same(recipe, instructions):
    try:
        stepper = kernel_of(recipe, instructions=instructions)
    except ValueError:
        pytest.skip(f"this processor has no {instructions}")
    assert stepper.network.instructions == instructions
    expected, found = _first_step(kernel_of(recipe)), _first_step(stepper)
    np.testing.assert_allclose(_by_id(found), _by_id(expected), atol=1e-5)


@few
def test_neighbours_and_threads_change_no_bit_of_a_beam(recipe):
    stepper, settings = kernel_of(recipe), Search(beam=4, nbest=2, max_length=6)
    many = SOURCES * 3
    alone = [_account(stepper.beam([source], settings)[0]) for source in many]
    assert [_account(of) for of in stepper.beam(many, settings)] == alone
    kernel.set_threads(3)
    try:
        assert [_account(of) for of in stepper.beam(many, settings)] == alone
    finally:
        kernel.set_threads(1)


def _account(of) -> list[tuple[object, ...]]:
    paid = [b"" if h.weights is None else h.weights.tobytes() for h in of]
    return [(h.tokens, h.token_log_probs, h.score, w) for h, w in zip(of, paid, strict=True)]


@few
def test_hypotheses_of_one_parent_continue_it_as_if_each_had_its_own(recipe):
    stepper = kernel_of(recipe)
    _, state = stepper.step(stepper.start(SOURCES), np.full((len(SOURCES), 1), SOS), 1)
    rows = np.arange(len(SOURCES))
    tokens = np.tile([[7, 9, 7]], (len(SOURCES), 1))
    together = stepper.select(state, rows, np.zeros((len(SOURCES), 3), dtype=np.int64))
    found, after = stepper.step(together, tokens, 5, tokens)
    alone = stepper.select(state, rows, np.zeros((len(SOURCES), 1), dtype=np.int64))
    for column in range(3):
        expected, own = stepper.step(alone, tokens[:, column : column + 1], 5)
        np.testing.assert_array_equal(found.tokens[:, column], expected.tokens[:, 0])
        np.testing.assert_array_equal(found.log_probs[:, column], expected.log_probs[:, 0])
        np.testing.assert_array_equal(after.cells[column::3], own.cells)


@few
def test_threads_change_nothing(recipe):
    stepper, sources = kernel_of(recipe), SOURCES * 4
    alone = _found(stepper, sources)
    kernel.set_threads(3)
    try:
        assert _found(stepper, sources) == alone
        with ThreadPoolExecutor(3) as callers:
            answers = callers.map(lambda _: _found(stepper, sources), range(6))
            assert all(answer == alone for answer in answers)
    finally:
        kernel.set_threads(1)


def test_int8_is_the_network_whose_weights_are_rounded_to_127_steps_each_way():
    recipe = recipe_of({"kind": "sutskever"})
    weights = {n: w.detach().numpy() for n, w in model_of(recipe).named_parameters()}
    rounded = {name: _rounded(weight) for name, weight in weights.items()}
    expected = _first_step(KernelStepper(recipe, rounded))
    found = _first_step(KernelStepper(recipe, weights, int8=True))
    np.testing.assert_allclose(_by_id(found), _by_id(expected), atol=1e-5)
    exact = _by_id(_first_step(kernel_of(recipe)))[..., 3:]
    assert np.abs(_by_id(found)[..., 3:] - exact).max() > 1e-4


def _rounded(weight: np.ndarray) -> np.ndarray:
    """Matrices row by row; biases stay."""
    if weight.ndim == 1:
        return weight
    factor = np.abs(weight).max(axis=1, keepdims=True) / np.float32(127)
    factor[factor == 0] = 1  # the vector of <pad>
    return np.rint(weight / factor) * factor


@pytest.mark.parametrize("instructions", ["plain", "avx2", "avx512"])
@pytest.mark.parametrize("vocabulary", [7, 64, 65, 300, 1031])
def test_candidates_are_the_best_of_the_whole_row_and_of_equals_the_first(instructions, vocabulary):
    recipe = recipe_of({"kind": "sutskever"})
    weights = {n: w.detach().numpy() for n, w in build(recipe, 9, vocabulary).named_parameters()}
    # Whole numbers, so that many are equal, and the readout's bias alone decides.
    bias = np.random.default_rng(vocabulary).integers(0, 40, vocabulary).astype(np.float32)
    weights |= {name: np.zeros_like(w) for name, w in weights.items() if name.startswith("readout")}
    weights["readout.output.bias"] = bias
    try:
        stepper = KernelStepper(recipe, weights, instructions=instructions)
    except ValueError:
        pytest.skip(f"this processor has no {instructions}")
    expected = bias - np.log(np.exp(bias.astype(np.float64)).sum())
    expected[[PAD, SOS]] = -np.inf
    order = np.argsort(-expected, kind="stable")
    for k in (1, 2, 6, 40):
        found, _ = stepper.step(stepper.start([[4, 3]]), np.array([[SOS]]), k)
        np.testing.assert_array_equal(found.tokens[0, 0], order[:k])
        np.testing.assert_allclose(found.log_probs[0, 0], expected[order[:k]], atol=1e-4)


def test_what_is_wrong_with_sources_and_tokens_is_said_before_the_kernel_sees_it():
    stepper = kernel_of(FIRST)
    with pytest.raises(ValueError, match="one is empty"):
        stepper.start([[4, 3], []])
    with pytest.raises(ValueError, match="0 to 42, but one is 43"):
        stepper.start([[4, 43, 3]])
    with pytest.raises(ValueError, match="0 to 42, but one is -1"):
        stepper.greedy([[-1, 3]], GREEDY)
    with pytest.raises(ValueError, match="0 to 70, but one is 71"):
        stepper.step(stepper.start([[4, 3]]), np.array([[71]]), 1)
    with pytest.raises(ValueError, match="0 to 70, but one is -5"):
        stepper.step(stepper.start([[4, 3]]), np.array([[2]]), 1, np.array([[-5]]))


def test_weights_that_make_no_network_are_refused():
    weights = {n: w.detach().numpy() for n, w in model_of(FIRST).named_parameters()}
    with pytest.raises(ValueError, match="no use is known for the weight other"):
        KernelStepper(FIRST, weights | {"other": weights["embedding.weight"]})
    with pytest.raises(ValueError, match=r"there is no weight readout\.output\.bias"):
        KernelStepper(FIRST, {n: w for n, w in weights.items() if n != "readout.output.bias"})
    # A longer source embedding would be that of a larger vocabulary.
    for name in weights.keys() - {"encoder.embedding.weight"}:
        twice = np.concatenate([weights[name], weights[name]])
        with pytest.raises(ValueError, match=r"fit|differ|size|known|bias|gates"):
            KernelStepper(FIRST, weights | {name: twice})


UNKNOWN = {
    "encoder.learned_start": {"encoder": {"learned_start": True}},
    "encoder.layer_norm": {"encoder": {"layer_norm": True}},
    "encoder.bidirectional": {"encoder": {"bidirectional": "first"}},
    "encoder.kind": {"encoder": TransformerEncoder()},
    "decoder.zoneout": {"decoder": {"zoneout": 0.1}},
    "decoder.residual": {"decoder": {"residual": 2}},
    "decoder.copying": {"decoder": {"copying": True}},
    "decoder.one_net": {"decoder": Sutskever(one_net=True)},
    "decoder.kind": {"decoder": GNMT()},
    "decoder.attention.scaled": {"decoder": {"attention": Dot(scaled=True)}},
    "decoder.attention.kind": {"decoder": {"attention": Coverage()}},
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_setting_that_the_kernel_does_not_know_is_refused(name):
    [(section, given)] = UNKNOWN[name].items()
    part = given if isinstance(given, Section) else _changed(getattr(FIRST, section), given)
    with pytest.raises(UnsupportedError, match=f"does not know {name}="):
        describe(FIRST.model_copy(update={section: part}))


def _changed(section: Section, settings: dict[str, object]) -> Section:
    return section.model_copy(update=settings)


@pytest.mark.parametrize("section", KNOWN, ids=lambda section: section.__name__)
def test_the_kernel_lists_every_setting(section):
    # A new setting is refused until someone has said in describe.py what the kernel makes of it.
    assert set(section.model_fields) == set(KNOWN[section])


@pytest.mark.parametrize("section", ["encoder", "decoder"])
def test_a_setting_that_nobody_has_listed_is_refused_whatever_its_value(section, monkeypatch):
    kind = type(getattr(FIRST, section))
    fewer = {name: values for name, values in KNOWN[kind].items() if name != "layers"}
    monkeypatch.setitem(describing.KNOWN, kind, fewer)
    with pytest.raises(UnsupportedError, match=rf"{section}\.layers"):
        describe(FIRST)


def test_the_searches_inside_leave_others_to_the_search():
    stepper = kernel_of(FIRST)
    for other in ({"sample": True}, {"coverage_penalty": 0.2}, {"no_repeat_ngram": 2}):
        assert stepper.greedy(SOURCES, Search(**other)) is None
        assert stepper.beam(SOURCES, Search(beam=2, **other)) is None
    assert stepper.beam(SOURCES, Search(beam=2, groups=2)) is None
    assert stepper.greedy(SOURCES, Search(beam=2)) is None


def test_answering_again_and_again_takes_no_more_memory():
    stepper = kernel_of(FIRST)
    for _ in range(20):
        _found(stepper, SOURCES)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(300):
        _found(stepper, SOURCES)
        _first_step(stepper)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 3000


def test_the_environment_can_leave_the_kernel_aside(monkeypatch):
    monkeypatch.setenv("SEQLOOM_KERNEL", "0")
    assert not kernel.available()


def test_an_install_without_the_library_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "FILE", tmp_path / "kernel.so")
    library.library.cache_clear()
    assert not kernel.available()
    library.library.cache_clear()
