"""The kernel says what the torch model says."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.kernel.networks import (
    GREEDY,
    OTHERS,
    RECIPES,
    SOURCES,
    TARGET_VOCABULARY,
    kernel_of,
    model_of,
)
from tests.laws.variants import VARIANTS
from tests.laws.variants import model_of as variant_of

from seqloom.config import Recipe, Search
from seqloom.kernel import KernelStepper, UnsupportedError
from seqloom.kernel.describe import describe
from seqloom.models.artifact import load_run
from seqloom.models.stepper import ModelStepper
from seqloom.search import search
from seqloom.search.beam import beam_search
from seqloom.symbols import EOS, SOS

FIXTURE = Path(__file__).parents[1] / "fixtures" / "run-format-1"
ALL = {**RECIPES, **OTHERS}


def _known(recipe: Recipe) -> bool:
    try:
        return bool(describe(recipe))
    except UnsupportedError:
        return False


VARIANTS_KNOWN = [name for name, recipe in VARIANTS.items() if _known(recipe)]
every_recipe = pytest.mark.parametrize("recipe", ALL.values(), ids=ALL.keys())


@every_recipe
def test_every_log_probability_and_weight_of_several_steps_is_that_of_torch(recipe: Recipe):
    torch_stepper, kernel = ModelStepper(model_of(recipe)), kernel_of(recipe)
    one, other = torch_stepper.start(SOURCES), kernel.start(SOURCES)
    tokens = np.full((len(SOURCES), 1), SOS)
    for step in range(4):
        expected, one = torch_stepper.step(one, tokens, TARGET_VOCABULARY, tokens)
        found, other = kernel.step(other, tokens, TARGET_VOCABULARY, tokens)
        by_id = np.argsort(expected.tokens), np.argsort(found.tokens)
        np.testing.assert_allclose(
            np.take_along_axis(found.log_probs, by_id[1], axis=2),
            np.take_along_axis(expected.log_probs, by_id[0], axis=2),
            atol=1e-5,
        )
        np.testing.assert_allclose(found.wanted, expected.wanted, atol=1e-5)
        if expected.weights is None:
            assert found.weights is None
        else:
            np.testing.assert_allclose(found.weights, expected.weights, atol=1e-5)
        tokens = (tokens * 7 + 5 * step + np.arange(len(SOURCES))[:, None]) % TARGET_VOCABULARY


@every_recipe
def test_greedy_search_finds_the_tokens_of_torch(recipe: Recipe):
    expected = search(ModelStepper(model_of(recipe)), SOURCES, GREEDY)
    found = search(kernel_of(recipe), SOURCES, GREEDY)
    assert [h[0].tokens for h in found] == [h[0].tokens for h in expected]


@every_recipe
def test_a_beam_finds_the_list_of_torch(recipe: Recipe):
    settings = Search(beam=3, nbest=3, max_ratio=1.0, max_length=6, length_penalty=0.6)
    expected = search(ModelStepper(model_of(recipe)), SOURCES, settings)
    found = search(kernel_of(recipe), SOURCES, settings)
    assert [[h.tokens for h in of] for of in found] == [[h.tokens for h in of] for of in expected]


@every_recipe
def test_the_loop_inside_the_kernel_finds_what_the_search_finds_through_it(recipe: Recipe):
    kernel = kernel_of(recipe)
    settings = Search(beam=1, max_ratio=1.5, min_length=2, length_penalty=0.7)
    inside = kernel.greedy(SOURCES, settings)
    assert inside is not None
    _same(inside, beam_search(kernel, SOURCES, settings))


BEAMS = {
    "as it comes": {"beam": 5},
    "a list": {"beam": 3, "nbest": 3},
    "short and long ones alike": {"beam": 5, "nbest": 2, "length_penalty": 0.8},
    "not too short": {"beam": 4, "nbest": 4, "min_length": 3, "length_penalty": 1.5},
    "cut off": {"beam": 3, "nbest": 3, "max_length": 2},
    "one length only": {"beam": 3, "nbest": 2, "min_length": 4, "max_length": 4},
    "wider than the vocabulary": {"beam": TARGET_VOCABULARY + 9, "nbest": 5, "max_length": 2},
}
beams = pytest.mark.parametrize("given", BEAMS.values(), ids=BEAMS.keys())


@every_recipe
def test_the_beam_inside_the_kernel_finds_what_the_search_finds_through_it(recipe: Recipe):
    _same_beams(recipe, Search(beam=3, nbest=2, max_length=6, length_penalty=0.8))


@beams
@pytest.mark.parametrize("recipe", [*ALL.values()][::13])
def test_it_does_so_for_all_settings_that_it_follows(recipe: Recipe, given: dict[str, Any]):
    _same_beams(recipe, Search(**{"max_length": 7, **given}))


def _same_beams(recipe: Recipe, settings: Search) -> None:
    kernel = kernel_of(recipe)
    inside = kernel.beam(SOURCES, settings)
    assert inside is not None
    _same(inside, beam_search(kernel, SOURCES, settings))


@pytest.mark.parametrize("seed", range(12))
def test_the_beam_inside_stays_with_the_search_for_models_sure_and_unsure(seed: int):
    # The surer a model, the sooner hypotheses fall behind what has finished.
    recipe = [*ALL.values()][seed * 5]
    model = deepcopy(model_of(recipe))
    for parameter in model.parameters():
        parameter.data *= 0.5 + 0.25 * seed
    kernel = kernel_of(recipe, model)
    for beam in (2, 4, 7):
        settings = Search(beam=beam, nbest=beam // 2, length_penalty=0.2 * (seed % 6))
        inside = kernel.beam(SOURCES, settings)
        assert inside is not None
        _same(inside, beam_search(kernel, SOURCES, settings))


def test_search_takes_the_beam_inside_where_it_does_all_that_is_asked():
    kernel = kernel_of(next(iter(ALL.values())))
    calls = _Counted(kernel)
    search(calls, SOURCES, Search(beam=3))
    assert calls.steps == 0
    search(calls, SOURCES, Search(beam=3, no_repeat_ngram=2))
    search(calls, SOURCES, Search(beam=3), prefixes=[[5]] * len(SOURCES))
    assert calls.steps > 1


class _Counted:
    """A kernel whose steps are counted."""

    def __init__(self, kernel: KernelStepper) -> None:
        self.steps = 0
        self.vocabulary_size = kernel.vocabulary_size
        self.start, self.select, self.beam = kernel.start, kernel.select, kernel.beam
        self._step = kernel.step

    def step(self, *arguments):
        self.steps += 1
        return self._step(*arguments)


def _same(found, expected) -> None:
    assert [len(of) for of in found] == [len(of) for of in expected]
    for one, other in zip(found, expected, strict=True):
        for mine, theirs in zip(one, other, strict=True):
            assert mine.tokens == theirs.tokens
            assert mine.token_log_probs == theirs.token_log_probs
            assert (mine.score, mine.finished) == (theirs.score, theirs.finished)
            assert mine.origin == theirs.origin
            np.testing.assert_array_equal(mine.weights, theirs.weights)


@pytest.mark.parametrize("name", VARIANTS_KNOWN)
def test_every_variant_of_the_settings_that_is_not_refused_says_what_torch_says(name: str):
    recipe = VARIANTS[name]
    model = deepcopy(variant_of(recipe)).float()
    kernel = kernel_of(recipe, model)
    sources = [[5, 9, 7, 4, 3], [8, 3], [3], [6, 10, 3]]
    settings = Search(beam=3, nbest=3, max_length=6)
    expected = beam_search(ModelStepper(model), sources, settings)
    for mine, theirs in zip(beam_search(kernel, sources, settings), expected, strict=True):
        assert [h.tokens for h in mine] == [h.tokens for h in theirs]
        np.testing.assert_allclose([h.score for h in mine], [h.score for h in theirs], atol=1e-4)


def test_a_run_folder_answers_as_it_does_with_torch():
    run = load_run(FIXTURE)
    kernel = kernel_of(run.recipe, run.model)
    sources = [[*range(4, 4 + length), EOS] for length in (3, 0, 9, 5)]
    for settings in (GREEDY, Search(beam=4, nbest=4)):
        expected = search(ModelStepper(run.model), sources, settings)
        for mine, theirs in zip(search(kernel, sources, settings), expected, strict=True):
            assert [h.tokens for h in mine] == [h.tokens for h in theirs]
            np.testing.assert_allclose(
                [h.score for h in mine], [h.score for h in theirs], atol=1e-4
            )
